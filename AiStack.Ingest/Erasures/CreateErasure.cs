using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>Begins an erasure, or a dry run of one, as work that each service does in turn.</summary>
internal sealed class CreateErasure(NpgsqlDataSource database, ErasureSecrets secrets, TimeProvider time)
{
    public static async Task<IResult> HandleAsync(
        ErasureRequest request, Caller caller, CreateErasure create, CancellationToken cancellationToken)
    {
        if (request.Check() is { } wrong)
        {
            return wrong.ToResult();
        }

        var outcome = await create.RunAsync(request, caller, cancellationToken);
        return outcome.TryGet(out var erasure, out var fault)
            ? TypedResults.Json(erasure, statusCode: StatusCodes.Status201Created)
            : fault.ToResult();
    }

    private async Task<Outcome<ErasureObject>> RunAsync(
        ErasureRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var (id, criteria) = (Id<Erasure>.New(), request.ToCriteria(time.GetUtcNow()));
        IReadOnlyList<string> names = request.By == ErasureCriteria.Person ? request.Identifiers! : [];
        var user = request.By == ErasureCriteria.EndUser ? request.User : null;
        return await database.InTransactionAsync<Outcome<ErasureObject>>(
            caller.ProjectId,
            async connection =>
            {
                if (!await IsThereAsync(connection, criteria, cancellationToken))
                {
                    var thing = criteria.FileId is not null ? "file" : "source";
                    return new Fault(FaultCode.NotFound, $"There is no such {thing}.", $"{thing}_id");
                }

                await InsertAsync(
                    connection, caller.ProjectId, id, criteria, secrets.Seal(names, user, id.Value),
                    [.. names.Append(user).OfType<string>().Select(name => secrets.Hash(name, id))], request.Reason!,
                    caller.KeyId?.ToString() ?? "service", request.DryRun, isSweep: false, time.GetUtcNow(),
                    cancellationToken);
                return (await ErasureObject.FindAsync(connection, id, cancellationToken))!;
            },
            cancellationToken);
    }

    /// <summary>Writes it down, and gives the first service its turn.</summary>
    public static async Task InsertAsync(
        NpgsqlConnection connection, Id<Project> project, Id<Erasure> id, ErasureCriteria criteria, byte[]? names,
        string[] nameHashes, string reason, string requestedBy, bool isDryRun, bool isSweep, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"""
            insert into ingest.erasure (
                id, project_id, criteria, names, name_hashes, reason, requested_by, is_sweep, dry_run, created_at)
            values ({id}, {project}, {JsonSerializer.Serialize(criteria, JsonDefaults.Options)}::jsonb,
                    {names}::bytea, {nameHashes}, {reason}, {requestedBy}, {isSweep}, {isDryRun}, {now})
            """, cancellationToken);
        await WorkQueue.EnqueueAsync(
            connection, project, EraseStep.QueueOf(ErasureTurns.NameOf(0)!), new EraseStep(id), cancellationToken);
    }

    private static async Task<bool> IsThereAsync(
        NpgsqlConnection connection, ErasureCriteria criteria, CancellationToken cancellationToken)
    {
        if (criteria is { FileId: null, SourceId: null })
        {
            return true;
        }

        // A file that was deleted may have left something.
        return await connection.FirstOrDefaultAsync(
            $"""
            select exists (select from ingest.file where id = {criteria.FileId?.Value}::uuid)
                or exists (select from ingest.source where id = {criteria.SourceId?.Value}::uuid)
            """,
            row => row.GetBoolean(0),
            cancellationToken);
    }
}
