using AiStack.Contracts;
using AiStack.Evals.Metrics;
using AiStack.Evals.Runs;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Evals.Alerts.Rules;

/// <summary>
/// An eval whose latest completed run is clearly worse than the one before over the same dataset: by more than the
/// limit, and by more than chance.
/// </summary>
internal sealed class QualityRule(IOptions<AlertOptions> options) : IDisposable
{
    /// <summary>Of a project, only the evals that were run last are looked at.</summary>
    private const int MaxEvals = 100;

    /// <summary>
    /// How likely chance alone may explain what counts as worse. Small: several metrics are looked at, run after run.
    /// </summary>
    private const double MaxChance = 0.01;

    // Runs that have ended do not change, so two of them are compared once.
    private readonly MemoryCache _judged = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public async Task<IEnumerable<AlertFinding>> FindAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<AlertFinding?> findings = [];
        foreach (var pair in await PairsAsync(connection, cancellationToken))
        {
            findings.Add(await _judged.GetOrCreateAsync(pair, entry =>
            {
                entry.Size = 1;
                return JudgeAsync(connection, pair, cancellationToken);
            }));
        }

        return findings.OfType<AlertFinding>();
    }

    public void Dispose() => _judged.Dispose();

    private static Task<List<Pair>> PairsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select latest.eval_id, earlier.id, latest.id
            from (
                select distinct on (eval_id) eval_id, id, dataset_sha256
                from evals.run
                where status = 'completed'
                order by eval_id, id desc
            ) latest
            cross join lateral (
                select id
                from evals.run
                where eval_id = latest.eval_id and dataset_sha256 = latest.dataset_sha256
                  and status = 'completed' and id < latest.id
                order by id desc
                limit 1
            ) earlier
            order by latest.id desc
            limit {MaxEvals}
            """,
            row => new Pair(new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2))),
            cancellationToken);

    private async Task<AlertFinding?> JudgeAsync(
        NpgsqlConnection connection, Pair pair, CancellationToken cancellationToken)
    {
        var before = await connection.ObservationsAsync(pair.Before, cancellationToken);
        var after = await connection.ObservationsAsync(pair.After, cancellationToken);
        var limits = options.Value;
        var worst = PairedDifference.Of(before, after)
            .Where(paired => paired.Pairs >= limits.MinItems
                && paired.McNemarP < MaxChance
                && Drop(paired) > limits.MaxQualityDrop)
            .MaxBy(Drop);
        return worst is null ? null : new(
            AlertRule.Quality,
            pair.Eval.ToString(),
            $"The last run of an eval is worse than the one before: {worst.Metric.Name}",
            Drop(worst),
            limits.MaxQualityDrop,
            "1");
    }

    private static double Drop(PairedDifference paired) =>
        paired.Metric.HigherIsBetter ? -paired.Difference : paired.Difference;

    private sealed record Pair(Id<Eval> Eval, Id<EvalRun> Before, Id<EvalRun> After);
}
