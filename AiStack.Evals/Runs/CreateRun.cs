using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals.Criteria;
using AiStack.Evals.Datasets;
using AiStack.Evals.Definitions;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>
/// Queues a run. The whole dataset is read and checked first; then one transaction stores the run, its own copy of
/// every item, and a piece of work for each: a run is accepted whole or not at all.
/// </summary>
internal sealed class CreateRun(
    NpgsqlDataSource database, DatasetSource datasets, GetRun runs, TimeProvider time, EvalsTelemetry telemetry)
{
    public static async Task<IResult> HandleAsync(
        string evalId, Request request, Caller caller, CreateRun create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(caller, evalId, request, cancellationToken);
        return outcome.TryGet(out var run, out var fault)
            ? TypedResults.Json(run, statusCode: StatusCodes.Status201Created)
            : fault.ToResult();
    }

    public async Task<Outcome<RunView>> RunAsync(
        Caller caller, string evalId, Request request, CancellationToken cancellationToken)
    {
        var fault = DataSourceRules.FindFault(request.DataSource) ?? Naming.FindFault(request.Name, request.Metadata);
        if (fault is not null)
        {
            return fault;
        }

        var source = request.DataSource!;
        if (RunRights.FindLack(caller, source) is { } lack)
        {
            return lack;
        }

        if (await FindEvalAsync(caller.ProjectId, evalId, cancellationToken) is not { } eval)
        {
            return UnknownEval.Fault;
        }

        if (await FindUnknownStoreAsync(caller.ProjectId, source, cancellationToken) is { } unknown)
        {
            return unknown;
        }

        var read = await datasets.ReadAsync(caller, source.Source!, eval.Schema, cancellationToken);
        if (!read.TryGet(out var dataset, out fault) || (fault = FindMissingField(dataset, eval, source)) is not null)
        {
            return fault;
        }

        var id = Id<EvalRun>.New();
        await database.InTransactionAsync(
            caller.ProjectId,
            connection => StoreAsync(connection, id, eval.Id, caller, request, dataset, cancellationToken),
            cancellationToken);
        telemetry.RunReached(RunStatus.Queued);
        return await runs.RunAsync(caller.ProjectId, evalId, id.ToString(), cancellationToken) is { } run
            ? run
            : UnknownRun.Fault; // Deleted between the two statements.
    }

    private async Task<StoredEval?> FindEvalAsync(
        Id<Project> projectId, string evalId, CancellationToken cancellationToken)
    {
        if (!Id<Eval>.TryParse(evalId, null, out var id))
        {
            return null;
        }

        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"select item_schema, testing_criteria from evals.eval where id = {id}",
            row => new StoredEval(id, ItemSchema.Parse(row.GetString(0)), CriteriaReader.Parse(row.GetString(1))),
            cancellationToken);
    }

    private async Task<Fault?> FindUnknownStoreAsync(
        Id<Project> projectId, DataSource source, CancellationToken cancellationToken)
    {
        var wanted = source.FileSearch.VectorStoreIds!.Select(store => store.Value).Distinct().ToArray();
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var found = await connection.ListAsync(
            $"select id from retrieval.published_vector_store where id = any({wanted})",
            row => row.GetGuid(0),
            cancellationToken);
        return found.Count == wanted.Length
            ? null
            : new(
                FaultCode.NotFound,
                $"There is no vector store {new Id<VectorStore>(wanted.Except(found).First())} in this project.",
                "data_source.sampling_params.tools[0].vector_store_ids");
    }

    /// <summary>
    /// A hole in a template that an item cannot fill would be found only when that item's turn comes.
    /// </summary>
    private static Fault? FindMissingField(Dataset dataset, StoredEval eval, DataSource source)
    {
        var fields = eval.Criteria.SelectMany(criterion => criterion.ItemFields)
            .Union(source.Templates.SelectMany(DataSource.FieldsOf))
            .ToArray();
        if (fields.Length == 0)
        {
            return null;
        }

        for (var ordinal = 0; ordinal < dataset.Items.Count; ordinal++)
        {
            using var item = JsonDocument.Parse(dataset.Items[ordinal].Json);
            var missing = Array.Find(fields, field => !item.RootElement.TryGetProperty(field, out _));
            if (missing is not null)
            {
                return new(
                    FaultCode.InvalidArgument,
                    $"Item {ordinal + 1} has no field '{missing}', which a template of this eval or run uses.",
                    "data_source.source");
            }
        }

        return null;
    }

    private async Task<int> StoreAsync(
        NpgsqlConnection connection,
        Id<EvalRun> id,
        Id<Eval> evalId,
        Caller caller,
        Request request,
        Dataset dataset,
        CancellationToken cancellationToken)
    {
        var source = request.DataSource!;
        await connection.ExecuteAsync(
            $"""
            insert into evals.run (
                id, project_id, eval_id, organisation_id, key_id, scopes, name, model, data_source, dataset_sha256,
                item_count, pending_count, metadata, created_at)
            values (
                {id}, {caller.ProjectId}, {evalId}, {caller.OrganisationId}, {caller.KeyId?.Value}::uuid,
                {caller.Scopes.ToArray()}, {request.Name ?? id.ToString()}, {source.Model},
                {StoredJson.Write(source.WithoutItems())}::json,
                {dataset.Sha256}, {dataset.Items.Count}, {dataset.Items.Count},
                {StoredJson.Write(request.Metadata)}::jsonb, {time.GetUtcNow()})
            """, cancellationToken);

        var ids = dataset.Items.Select(_ => Id<EvalItem>.New()).ToArray();
        var keys = ids.Select(item => item.Value).ToArray();
        var json = dataset.Items.Select(item => item.Json).ToArray();
        var answerable = dataset.Items.Select(item => item.Answerable).ToArray();
        await connection.ExecuteAsync(
            $"""
            insert into evals.run_item (id, project_id, run_id, ordinal, item, answerable)
            select id, {caller.ProjectId}, {id}, ordinal - 1, item::json, answerable
            from unnest({keys}, {json}, {answerable}) with ordinality as given (id, item, answerable, ordinal)
            """, cancellationToken, StatementLimits.Long);

        RunItem[] work = [.. ids.Select(item => new RunItem(id, item))];
        await WorkQueue.EnqueueAllAsync(connection, caller.ProjectId, AnswerItem.Queue, work, cancellationToken);
        return work.Length;
    }

    internal sealed record Request(string? Name, DataSource? DataSource, Dictionary<string, string>? Metadata);

    private sealed record StoredEval(Id<Eval> Id, ItemSchema Schema, IReadOnlyList<Criterion> Criteria);
}
