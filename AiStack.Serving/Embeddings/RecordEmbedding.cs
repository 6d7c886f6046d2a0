using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Completions;
using AiStack.Serving.Costs;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Embeddings;

/// <summary>
/// Writes down that embeddings are begun, with what they hold of their budgets, and how they ended, with what they
/// took: as <see cref="RecordCompletion"/> does of answers. What is left behind is recorded with the process's end.
/// </summary>
internal sealed class RecordEmbedding(
    ProjectStatements database,
    ServingProcess process,
    BudgetLedger budgets,
    PriceList prices,
    TimeProvider time)
{
    private const string Api = "embeddings";

    /// <summary>No texts are kept, and no hash of them either.</summary>
    private static readonly byte[] _noHash = new byte[32];

    /// <summary>What is begun; or the fault that says why it is not.</summary>
    public async Task<(Begun? Begun, Fault? Refusal)> BeginAsync(
        Caller caller, string model, string? user, long tokens)
    {
        var price = prices.Find(EngineNames.Embeddings);
        var begun = new Begun(
            Id<Completion>.New().Value, caller, Words(model)!, Words(user), tokens, price, time.GetUtcNow(),
            Stopwatch.GetTimestamp());
        try
        {
            var rooms = await database.ListAsync(
                caller.ProjectId,
                Begin(begun, new(tokens, 0, 0, tokens, price)),
                BudgetRoom.Read);
            return budgets.Tell(rooms, EngineNames.Embeddings) is { } refusal ? (null, refusal) : (begun, null);
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            return (null, new(
                FaultCode.DependencyUnavailable, "The service cannot reach the database now. Try again soon."));
        }
    }

    /// <summary>
    /// Writes how it ended. Where that cannot be written now, what was begun stays held until this process ends.
    /// </summary>
    public async Task EndAsync(Begun begun, string status, string? failure)
    {
        var tokens = status == "failed" ? 0 : begun.Tokens;
        var cost = begun.Price?.Of(new() { InputTokenCount = tokens, OutputTokenCount = 0 });
        try
        {
            await database.ExecuteAsync(
                begun.Caller.ProjectId,
                $"""
                with ended as (
                    delete from serving.begun where id = {begun.Id}
                )
                insert into serving.embedding (
                    id, project_id, key_id, model, status, failure, input_tokens, cost, currency, charged_tokens,
                    charged, end_user, duration_seconds, trace_id, created_at)
                values (
                    {begun.Id}, {begun.Caller.ProjectId}, {begun.Caller.KeyId?.Value}, {begun.Model}, {status},
                    {failure}, {tokens}, {cost}, {begun.Price?.Currency}, {tokens}, {cost}, {begun.User},
                    {Stopwatch.GetElapsedTime(begun.StartedAt).TotalSeconds},
                    {Activity.Current?.TraceId.ToString()}, {begun.At})
                on conflict (id) do nothing
                """);
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            // The next one to look at this process's answers records it.
        }
    }

    // Names that callers make up: Postgres has no U+0000.
    private static string? Words(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);

    private Sql Begin(Begun begun, Demand demand) =>
        $"""
        with living as (
            insert into serving.process (id, seen_at)
            values ({process.Id}, now())
            on conflict do nothing
        ), held as materialized (
            select budget_id, name, unit, currency, period, amount, spent, reserved, held, ends_at, granted, problem
            from serving.reserve_budgets(
                {begun.Id}, false, {begun.Caller.OrganisationId}, {begun.Caller.ProjectId},
                {begun.Caller.KeyId?.ToString()}, {begun.User}, {new[] { begun.Model, EngineNames.Embeddings }},
                {demand.Input}, {demand.Output}, {demand.LeastOutput},
                {demand.InputPrice}::numeric, {demand.OutputPrice}::numeric, {demand.Price?.Currency})
            where serving.has_budgets({begun.Caller.OrganisationId}, {begun.Caller.ProjectId})
        ), begun as (
            insert into serving.begun (
                id, project_id, process_id, key_id, api, model, engine, question_sha256, vector_store_ids, trace_id,
                created_at, end_user, charged_tokens, charged)
            select {begun.Id}, {begun.Caller.ProjectId}, {process.Id}, {begun.Caller.KeyId?.Value}::uuid, {Api},
                   {begun.Model}, {EngineNames.Embeddings}, {_noHash}, {Array.Empty<string>()},
                   {Activity.Current?.TraceId.ToString()}::text, {begun.At}, {begun.User}::text,
                   {demand.Counted}::bigint, {demand.InputCost}::numeric
            where not exists (select from held where problem is not null)
        )
        select budget_id, name, unit, currency, period, amount, spent, reserved, held, ends_at, granted, problem
        from held
        """;

    /// <summary>Embeddings that are being made.</summary>
    internal sealed record Begun(
        Guid Id, Caller Caller, string Model, string? User, long Tokens, Price? Price, DateTimeOffset At,
        long StartedAt);
}
