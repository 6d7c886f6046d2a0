using AiStack.Contracts;
using AiStack.Evals.Metrics;
using AiStack.Evals.Runs;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Comparison;

/// <summary>
/// Compares two completed runs item by item. Runs of different datasets are refused: their difference would be the
/// datasets', not the models'.
/// </summary>
internal sealed class CompareRuns(NpgsqlDataSource database)
{
    public static async Task<IResult> HandleAsync(
        string? baseline, string? candidate, Caller caller, CompareRuns compare, CancellationToken cancellationToken)
    {
        var outcome = await compare.RunAsync(caller.ProjectId, baseline, candidate, cancellationToken);
        return outcome.TryGet(out var comparison, out var fault) ? TypedResults.Ok(comparison) : fault.ToResult();
    }

    public async Task<Outcome<ComparisonView>> RunAsync(
        Id<Project> projectId, string? baseline, string? candidate, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var first = await FindAsync(connection, baseline, nameof(baseline), cancellationToken);
        var second = await FindAsync(connection, candidate, nameof(candidate), cancellationToken);
        if (!first.TryGet(out var left, out var fault) || !second.TryGet(out var right, out fault))
        {
            return fault;
        }

        if (left.DatasetSha256 != right.DatasetSha256)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"The runs were asked different datasets: the baseline {left.DatasetSha256[..12]}… of {left.Items}, "
                + $"the candidate {right.DatasetSha256[..12]}… of {right.Items} items. Run both over the same file.",
                nameof(candidate));
        }

        var before = await connection.ObservationsAsync(left.Id, cancellationToken);
        var after = await connection.ObservationsAsync(right.Id, cancellationToken);
        return new ComparisonView(
            left.Side(before.Count),
            right.Side(after.Count),
            left.DatasetSha256,
            left.Items,
            before.Select(item => item.Ordinal).Intersect(after.Select(item => item.Ordinal)).Count(),
            PairedDifference.Of(before, after)
                .ToDictionary(paired => paired.Metric.Name, ComparisonView.Difference.Of));
    }

    private static async Task<Outcome<ComparedRun>> FindAsync(
        NpgsqlConnection connection, string? runId, string parameter, CancellationToken cancellationToken)
    {
        if (runId is null)
        {
            return new Fault(FaultCode.InvalidArgument, $"'{parameter}' must be the id of a run.", parameter);
        }

        var unknown = new Fault(FaultCode.NotFound, "There is no such run in this project.", parameter);
        if (!Id<EvalRun>.TryParse(runId, null, out var id))
        {
            return unknown;
        }

        var run = await connection.FirstOrDefaultAsync(
            $"select id, name, model, status, dataset_sha256, item_count from evals.run where id = {id}",
            row => new ComparedRun(
                new(row.GetGuid(0)),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(4)),
                row.GetInt32(5)),
            cancellationToken);
        return run switch
        {
            null => unknown,
            { Status: RunStatus.Completed } => run,
            _ => new Fault(
                FaultCode.Conflict, $"Only completed runs can be compared; this one is '{run.Status}'.", parameter),
        };
    }

    private sealed record ComparedRun(
        Id<EvalRun> Id, string Name, string Model, string Status, string DatasetSha256, int Items)
    {
        public ComparisonView.Side Side(int answered) => new(Id, Name, Model, Items - answered);
    }
}
