using System.Runtime.CompilerServices;

namespace AiStack.AppHost.Local.Feed;

/// <summary>What the children have printed, kept for those who look later, and told to those who follow.</summary>
internal sealed class ResourceLogs(Redaction redaction, TimeProvider time)
{
    /// <summary>Kept of each resource.</summary>
    public const int MaxLines = 5_000;

    /// <summary>Longer lines are cut: a program that prints a document must not fill the host's memory.</summary>
    public const int MaxLineLength = 16_384;

    /// <summary>Characters that are kept of each resource: 800 for each of its lines; most have fewer.</summary>
    public const int MaxCharacters = 4_000_000;

    private const int MaxBatch = 500;
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LogRing> _rings = new(StringComparer.Ordinal);
    private readonly Signal _added = new();
    private long _last;

    public void Add(string resource, LogSource source, string text)
    {
        // Cut first, a secret across the cut would show its beginning.
        var safe = redaction.In(text);
        var shown = safe.Length > MaxLineLength ? $"{safe[..MaxLineLength]}… ({text.Length} characters)" : safe;
        lock (_lock)
        {
            if (!_rings.TryGetValue(resource, out var ring))
            {
                _rings[resource] = ring = new LogRing(MaxLines, MaxCharacters);
            }

            ring.Add(new LogLine(++_last, time.GetUtcNow(), resource, source, shown));
        }

        _added.Raise();
    }

    /// <summary>The lines after a sequence number, of one resource or of all, oldest first.</summary>
    public IReadOnlyList<LogLine> After(long sequence, string? resource)
    {
        lock (_lock)
        {
            return
            [
                .. _rings.Where(ring => resource is null || ring.Key == resource)
                    .SelectMany(ring => ring.Value.After(sequence))
                    .OrderBy(line => line.Sequence),
            ];
        }
    }

    /// <summary>The lines after a sequence number and all that come, in batches, until the reader has enough.</summary>
    public async IAsyncEnumerable<LogLine[]> FollowAsync(
        long sequence, string? resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _added.Next;
            foreach (var batch in After(sequence, resource).Chunk(MaxBatch))
            {
                sequence = batch[^1].Sequence;
                yield return batch;
            }

            await next.WaitAsync(cancellationToken);
            await Task.Delay(_gathering, time, cancellationToken); // A program prints its lines in bursts.
        }
    }
}
