using AiStack.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Serving.Usage;

/// <summary>The query string of usage, as OpenAI's usage API has it.</summary>
internal sealed record UsageQuery(
    [FromQuery(Name = "start_time")] string? StartTime,
    [FromQuery(Name = "end_time")] string? EndTime,
    [FromQuery(Name = "bucket_width")] string? BucketWidth,
    [FromQuery(Name = "group_by")] string[]? GroupBy,
    [FromQuery(Name = "group_by[]")] string[]? GroupByList,
    [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "page")] string? Page)
{
    private const string All = "all";
    private const string Model = "model";
    private const string ApiKey = "api_key_id";
    private const string Store = "vector_store_id";
    private const string PagePrefix = "page_";

    /// <summary>The end of the year 9999: later times cannot be dates.</summary>
    private const long MaxTime = 253_402_300_799;

    /// <summary>
    /// The widths of buckets, and how many a page has when the caller does not say, and at most: OpenAI's numbers.
    /// </summary>
    private static readonly Dictionary<string, (int Seconds, int Default, int Max)> _widths = new()
    {
        ["1m"] = (60, 60, 1_440),
        ["1h"] = (3_600, 24, 168),
        ["1d"] = (86_400, 7, 31),
    };

    /// <summary>What is wanted; what cannot be is a fault that names the parameter.</summary>
    public Outcome<UsageSpan> Read(DateTimeOffset now)
    {
        if (Time(StartTime) is not { } start)
        {
            return Wrong("start_time", "is needed: the Unix time, in seconds, from which answers are counted");
        }

        var end = EndTime is null ? now.ToUnixTimeSeconds() + 1 : Time(EndTime);
        if (end is null || end <= start)
        {
            return Wrong("end_time", "must be a Unix time, in seconds, after 'start_time'");
        }

        var groups = (GroupBy ?? []).Concat(GroupByList ?? []).SelectMany(group => group.Split(',')).ToHashSet();
        if (groups.Any(group => group is not (Model or ApiKey or Store)))
        {
            return Wrong("group_by", $"must be any of '{Model}', '{ApiKey}' and '{Store}'");
        }

        var by = new UsageGroups(groups.Contains(Model), groups.Contains(ApiKey), groups.Contains(Store));
        var width = BucketWidth ?? "1d";
        if (width == All)
        {
            return new UsageSpan(start, start, end.Value, end.Value - start, 1, by);
        }

        if (!_widths.TryGetValue(width, out var buckets))
        {
            return Wrong("bucket_width", $"must be one of {string.Join(", ", _widths.Keys)}, {All}");
        }

        var limit = Limit is null ? buckets.Default : int.TryParse(Limit, out var asked) ? asked : 0;
        if (limit < 1 || limit > buckets.Max)
        {
            return Wrong("limit", $"must be from 1 to {buckets.Max} for buckets of {width}");
        }

        if (!FirstBucket(start, end.Value, buckets.Seconds).TryGet(out var first, out var badPage))
        {
            return badPage;
        }

        return new UsageSpan(start, first, end.Value, buckets.Seconds, limit, by);
    }

    /// <summary>The page that begins with the bucket of <paramref name="time"/>.</summary>
    public static string PageAt(long time) => $"{PagePrefix}{time}";

    private Outcome<long> FirstBucket(long start, long end, int width)
    {
        if (Page is null)
        {
            return start;
        }

        return Page.StartsWith(PagePrefix, StringComparison.Ordinal)
            && Time(Page[PagePrefix.Length..]) is { } first
            && first >= start && first < end && (first - start) % width == 0
            ? first
            : Wrong("page", "must be the 'next_page' of a page of the same query");
    }

    private static long? Time(string? text) =>
        long.TryParse(text, out var time) && time is >= 0 and <= MaxTime ? time : null;

    private static Fault Wrong(string parameter, string what) =>
        new(FaultCode.InvalidArgument, $"'{parameter}' {what}.", parameter);
}

/// <summary>
/// What is counted: buckets of one width from a first one on, as many as the page has or the end allows.
/// </summary>
internal sealed record UsageSpan(long Start, long First, long End, long WidthSeconds, int Limit, UsageGroups By)
{
    /// <summary>Where the page ends.</summary>
    public long PageEnd => Math.Min(End, First + (WidthSeconds * Limit));

    public bool HasMore => PageEnd < End;
}

/// <summary>What is counted apart. An answer from two stores counts in the group of each.</summary>
internal sealed record UsageGroups(bool Model, bool Key, bool Store);
