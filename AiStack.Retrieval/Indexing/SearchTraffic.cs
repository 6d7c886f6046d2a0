namespace AiStack.Retrieval.Indexing;

/// <summary>Tells the work in the background whether somebody searches.</summary>
internal sealed class SearchTraffic(TimeProvider time)
{
    /// <summary>People ask again within seconds, and find the cores free then.</summary>
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(2);

    private long _last;

    /// <summary>Whether nobody has searched for some seconds.</summary>
    public bool IsQuiet => Interlocked.Read(ref _last) is var last && (last == 0 || time.GetElapsedTime(last) > _quiet);

    /// <summary>A search begins.</summary>
    public void Note() => Interlocked.Exchange(ref _last, time.GetTimestamp());
}
