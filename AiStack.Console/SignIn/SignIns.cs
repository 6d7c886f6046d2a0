using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>
/// Which sign-ins are valid now. A circuit outlives the request whose cookie was checked, so what is done in one asks
/// here; and a cookie that was copied away ends with the sign-in of its owner.
/// </summary>
internal sealed class SignIns(EndedForGood ended, IOptions<ConsoleOptions> options, TimeProvider time)
{
    /// <summary>Far more than are ever open at once; each takes about 300 bytes.</summary>
    private const int MaxSignIns = 100_000;

    private readonly ConcurrentDictionary<string, SignIn> _signIns = new(StringComparer.Ordinal);

    // For circuits alone: no cookie is ever looked up here, so one that was signed out stays so.
    private readonly ConcurrentDictionary<string, string> _goesOnAs = new(StringComparer.Ordinal);

    /// <summary>
    /// Notes that the cookie of a sign-in was shown, and is good until then; false when the sign-in was ended.
    /// </summary>
    /// <param name="id">The sign-in.</param>
    /// <param name="person">Whose it is, and with which role (<see cref="SignInClaims.PersonOf"/>).</param>
    /// <param name="until">When the cookie runs out.</param>
    public bool Seen(string id, string person, DateTimeOffset until)
    {
        if (_signIns.Count >= MaxSignIns)
        {
            Forget();
        }

        if (ended.Contains(id))
        {
            EndHere(id); // At another replica, or before a restart.
            return false;
        }

        var seen = new SignIn(person, until);
        return !_signIns.AddOrUpdate(id, seen, (_, known) => known.IsEnded ? known : seen).IsEnded;
    }

    /// <summary>
    /// Ends a sign-in for good, for every copy of its cookie, at every replica, also after a restart.
    /// </summary>
    public void End(string id)
    {
        EndHere(id);

        // No cookie of it is made from now on, so none is good for longer.
        ended.TryAdd(id, time.GetUtcNow() + options.Value.SignInLifetime);
    }

    private void EndHere(string id) => _signIns.AddOrUpdate(
        id, new SignIn("", DateTimeOffset.MaxValue, IsEnded: true), (_, known) => known with { IsEnded = true });

    /// <summary>
    /// Lets the pages opened under one sign-in go on under another; false unless both are known to be the same person's
    /// with the same role.
    /// </summary>
    public bool Continue(string id, string newId)
    {
        if (!_signIns.TryGetValue(id, out var old)
            || !_signIns.TryGetValue(newId, out var now)
            || old.Person != now.Person)
        {
            return false;
        }

        _goesOnAs[id] = newId;
        return true;
    }

    /// <summary>Whether what was opened under a sign-in may go on.</summary>
    public bool IsGood(string? id) =>
        id is not null
            && _goesOnAs.GetValueOrDefault(id, id) is var now
            && _signIns.TryGetValue(now, out var signIn)
            && !signIn.IsEnded
            && !ended.Contains(now)
            && signIn.Until > time.GetUtcNow();

    // One that was ended is kept as long as a copy of its cookie could be shown.
    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (id, _) in _signIns.Where(signIn => signIn.Value.Until < now))
        {
            _signIns.TryRemove(id, out _);
            _goesOnAs.TryRemove(id, out _);
        }
    }

    private sealed record SignIn(string Person, DateTimeOffset Until, bool IsEnded = false);
}
