namespace AiStack.Ingest.Connectors.Website;

/// <summary>An address to ask for.</summary>
/// <param name="Depth">How many links it is away from where the crawl starts.</param>
internal readonly record struct Visit(Uri Address, int Depth, bool IsStart = false);

/// <summary>What is still to be asked for, each address once; it refuses what programs without an end make.</summary>
internal sealed class Frontier(WebsiteSettings settings)
{
    /// <summary>A path that goes ever deeper repeats itself: <c>/a/b/a/b/a/b</c>.</summary>
    private const int MaxSameSegments = 2;

    private const int MaxSegments = 20;
    private const int MaxQueryPairs = 8;

    /// <summary>Addresses that differ in their query alone, such as the months of a calendar.</summary>
    private const int MaxQueriesOfPath = 100;

    private const int Spare = 1_000;

    private readonly Queue<Visit> _queue = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _queries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hosts = new(settings.Hosts, StringComparer.OrdinalIgnoreCase);
    private readonly PathPattern[] _include = [.. settings.Include.Select(pattern => new PathPattern(pattern))];
    private readonly PathPattern[] _exclude = [.. settings.Exclude.Select(pattern => new PathPattern(pattern))];
    private int _taken;

    /// <summary>Has the pages of one more host among those that are taken.</summary>
    public void AddHost(Uri address) => _hosts.Add(address.IdnHost);

    public bool HasHost(Uri address) => _hosts.Contains(address.IdnHost);

    /// <summary>Whether what is at an address can be a document of the source.</summary>
    public bool Includes(Uri address)
    {
        var path = PathPattern.Normalize(address.PathAndQuery);
        return HasHost(address)
            && (_include.Length == 0 || Array.Exists(_include, pattern => pattern.Matches(path)))
            && !Array.Exists(_exclude, pattern => pattern.Matches(path));
    }

    /// <summary>Has an address asked for later, if it is one of the source's, new and makes sense.</summary>
    public void Add(Uri address, int depth)
    {
        if (depth <= settings.MaxDepth && _queue.Count + _taken < (2 * settings.MaxPages) + Spare
            && !HasSeen(address) && MakesSense(address) && Includes(address) && IsWithinQueries(address))
        {
            Claim(address);
            _queue.Enqueue(new(address, depth));
        }
    }

    /// <summary>Whether an address is new; from now on it is not.</summary>
    public bool Claim(Uri address) => _seen.Add(address.AbsoluteUri);

    public bool HasSeen(Uri address) => _seen.Contains(address.AbsoluteUri);

    public bool TryNext(out Visit visit)
    {
        visit = default;
        return _taken < settings.MaxPages && _queue.TryDequeue(out visit) && ++_taken > 0;
    }

    private static bool MakesSense(Uri address)
    {
        var segments = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return address.Query.Count(letter => letter == '&') < MaxQueryPairs
            && segments.Length <= MaxSegments
            && !segments.CountBy(segment => segment).Any(segment => segment.Value > MaxSameSegments);
    }

    /// <summary>Counts the addresses of a path that are taken, and no others.</summary>
    private bool IsWithinQueries(Uri address)
    {
        if (address.Query.Length == 0)
        {
            return true;
        }

        var path = address.GetLeftPart(UriPartial.Path);
        var queries = _queries.GetValueOrDefault(path);
        if (queries == MaxQueriesOfPath)
        {
            return false;
        }

        _queries[path] = queries + 1;
        return true;
    }
}
