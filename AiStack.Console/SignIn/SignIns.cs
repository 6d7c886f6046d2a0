using System.Collections.Concurrent;

namespace AiStack.Console.SignIn;

/// <summary>
/// Which sign-ins are good now. A circuit outlives the request whose cookie was checked, so what is done in one asks
/// here; and a cookie that was copied away ends with the sign-in of its owner.
/// </summary>
internal sealed class SignIns(TimeProvider time)
{
    /// <summary>Far more than are ever open at once; each takes about 100 bytes.</summary>
    private const int MaxSignIns = 100_000;

    private static readonly DateTimeOffset Ended = DateTimeOffset.MinValue;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Notes that the cookie of a sign-in was shown and is good until then; false when it was ended.</summary>
    public bool Seen(string id, DateTimeOffset until)
    {
        if (_until.Count >= MaxSignIns)
        {
            Forget();
        }

        return _until.AddOrUpdate(id, until, (_, known) => known == Ended ? Ended : until) != Ended;
    }

    public void End(string id) => _until[id] = Ended;

    /// <summary>Lets what was begun under one sign-in go on under another of the same person.</summary>
    public void Continue(string id, string newId)
    {
        if (_until.TryGetValue(newId, out var until))
        {
            _until[id] = until;
        }
    }

    public bool IsGood(string? id) =>
        id is not null && _until.TryGetValue(id, out var until) && until > time.GetUtcNow();

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _until)
        {
            if (until < now)
            {
                _until.TryRemove(id, out _);
            }
        }
    }
}
