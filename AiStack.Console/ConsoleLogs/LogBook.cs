using AiStack.Console.Resources;

namespace AiStack.Console.ConsoleLogs;

/// <summary>The newest lines of every part, for all pages: one connection to the host, and bounded memory.</summary>
internal sealed class LogBook(HostClient host, TimeProvider time, ILogger<LogBook> logger)
    : HostSubscription<LogLine>(host, time, logger)
{
    /// <summary>Kept of each part: as many as the host keeps.</summary>
    public const int MaxLines = 5_000;

    /// <summary>Characters that are kept of each part: as the host.</summary>
    public const int MaxCharacters = 4_000_000;

    /// <summary>Pages are told of new lines no more often than a person can read them.</summary>
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeptLines> _lines = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = time;
    private long _last;
    private int _isTelling;

    protected override string Path => $"/logs/stream?after={Interlocked.Read(ref _last)}";

    /// <summary>The lines after a sequence number, of one part or of all, oldest first.</summary>
    public IReadOnlyList<LogLine> After(long sequence, string? resource)
    {
        lock (_lock)
        {
            return
            [
                .. _lines.Where(part => resource is null || part.Key == resource)
                    .SelectMany(part => part.Value.Lines.Where(line => line.Sequence > sequence))
                    .OrderBy(line => line.Sequence),
            ];
        }
    }

    protected override void Take(HostEvent<LogLine> said)
    {
        lock (_lock)
        {
            foreach (var line in said.Items)
            {
                Keep(line);
            }
        }

        if (Interlocked.Exchange(ref _isTelling, 1) == 0)
        {
            _ = TellSoonAsync();
        }
    }

    private void Keep(LogLine line)
    {
        if (!_lines.TryGetValue(line.Resource, out var lines))
        {
            _lines[line.Resource] = lines = new(MaxLines, MaxCharacters);
        }

        lines.Add(line);
        Interlocked.Exchange(ref _last, line.Sequence);
    }

    private async Task TellSoonAsync()
    {
        await Task.Delay(_gathering, _time);
        Interlocked.Exchange(ref _isTelling, 0);
        Tell();
    }
}
