using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Statistics;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>How a version fares behind an alias, since what answers for that alias last changed.</summary>
/// <param name="FailureRate">The interval of 95 % in which the share of its answers that fail lies; null without any.
/// </param>
/// <param name="LatencyP50Seconds">Half of its answers took at most so long; null without any.</param>
internal sealed record VersionFigures(
    string Alias,
    string Version,
    long Answers,
    long Failed,
    long Refused,
    Interval? FailureRate,
    double? LatencyP50Seconds,
    double? LatencyP95Seconds)
{
    /// <summary>Older answers than these are not counted.</summary>
    private const int MaxAnswers = 10_000;

    /// <summary>For each alias of the connection's project and each version that answers for it.</summary>
    public static Task<List<VersionFigures>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<RouteObject> live, CancellationToken cancellationToken)
    {
        var shares = live.SelectMany(route => route.Shares.Select(share =>
            (route.Alias, share.Version, Since: DateTimeOffset.FromUnixTimeSeconds(route.CreatedAt)))).ToList();
        return connection.ListAsync(
            $"""
            select share.alias, share.version, count(c.id), count(c.id) filter (where c.status = 'failed'),
                   count(c.id) filter (where c.refused),
                   percentile_cont(array[0.5, 0.95]) within group (order by c.duration_seconds)
            from unnest(
                {shares.Select(share => share.Alias).ToArray()},
                {shares.Select(share => share.Version).ToArray()},
                {shares.Select(share => share.Since).ToArray()}) as share (alias, version, since)
            left join lateral (
                select id, status, refused, duration_seconds
                from serving.completion
                where model_version = share.version and model = share.alias and created_at >= share.since
                order by created_at desc
                limit {MaxAnswers}
            ) c on true
            group by share.alias, share.version
            """,
            Read,
            cancellationToken);
    }

    private static VersionFigures Read(NpgsqlDataReader row)
    {
        var (answers, failed) = (row.GetInt64(2), row.GetInt64(3));
        var latency = row.IsDBNull(5) ? null : row.GetFieldValue<double?[]>(5);
        return new(
            row.GetString(0),
            row.GetString(1),
            answers,
            failed,
            row.GetInt64(4),
            answers > 0 ? Wilson.Of((int)failed, (int)answers) : null,
            latency?[0],
            latency?[1]);
    }
}
