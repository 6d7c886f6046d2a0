using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>Has nothing erased that it is about, from now on.</summary>
internal sealed class CreateHold(NpgsqlDataSource database, ErasureSecrets secrets, TimeProvider time)
{
    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, CreateHold create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(request, caller, cancellationToken);
        return outcome.TryGet(out var hold, out var fault)
            ? TypedResults.Json(hold, statusCode: StatusCodes.Status201Created)
            : fault.ToResult();
    }

    public async Task<Outcome<HoldObject>> RunAsync(
        Request request, Caller caller, CancellationToken cancellationToken)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        return await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                // What is being erased ends first; what begins to be sees the hold.
                await HoldLock.TakeAsync(connection, cancellationToken);
                return await BeginAsync(connection, request, caller, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<Outcome<HoldObject>> BeginAsync(
        NpgsqlConnection connection, Request request, Caller caller, CancellationToken cancellationToken)
    {
        var subjectId = IdOf(request);
        if (subjectId is { } thing && !await IsThereAsync(connection, request.Subject!, thing, cancellationToken))
        {
            return new Fault(FaultCode.NotFound, $"There is no such {request.Subject}.", $"{request.Subject}_id");
        }

        var id = Id<LegalHold>.New();
        var isPerson = request.Subject == "person";
        var names = secrets.Seal(
            isPerson ? request.Identifiers! : [], request.Subject == "end_user" ? request.User : null, id.Value);
        var hold = (await connection.FirstOrDefaultAsync(
            $"""
            insert into ingest.legal_hold (
                id, project_id, subject, subject_id, names, reason, created_by, created_at)
            values ({id}, {caller.ProjectId}, {request.Subject}, {subjectId}::uuid, {names}::bytea, {request.Reason},
                    {caller.KeyId?.ToString() ?? "service"}, {time.GetUtcNow()})
            returning id, subject, subject_id, names, reason, created_by, created_at, released_by, released_at,
                      release_reason
            """,
            row => HoldObject.Read(row, secrets),
            cancellationToken))!;
        if (request.Subject is "source" or "store")
        {
            // What is there now stays held, wherever it goes.
            await connection.ExecuteAsync(
                $"""
                select ingest.note_held(array(
                    select file_id from ingest.source_item where source_id = {subjectId} and file_id is not null
                    union
                    select unnest(replaced) from ingest.source_item where source_id = {subjectId}
                    union
                    select file_id from retrieval.published_store_file where vector_store_id = {subjectId}))
                """, cancellationToken);
        }

        return hold;
    }

    private static Fault? Check(Request request) => NameLimits.CheckReason(request.Reason) ?? request.Subject switch
    {
        "person" => NameLimits.CheckNames(request.Identifiers),
        "end_user" => NameLimits.CheckUser(request.User),
        "file" or "source" or "store" => IdOf(request) is null
            ? NameLimits.Wrong($"'{request.Subject}_id' must be the id of one.", $"{request.Subject}_id")
            : null,
        _ => NameLimits.Wrong("'subject' must be 'file', 'source', 'store', 'end_user' or 'person'.", "subject"),
    };

    private static Guid? IdOf(Request request) => request.Subject switch
    {
        "file" when Id<StoredFile>.TryParse(request.FileId, null, out var file) => file.Value,
        "source" when Id<Source>.TryParse(request.SourceId, null, out var source) => source.Value,
        "store" when Id<VectorStore>.TryParse(request.StoreId, null, out var store) => store.Value,
        _ => null,
    };

    private static Task<bool> IsThereAsync(
        NpgsqlConnection connection, string subject, Guid id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select case {subject}
                when 'file' then exists (select from ingest.file where id = {id} and deleted_at is null)
                when 'source' then exists (select from ingest.source where id = {id} and deleted_at is null)
                else exists (select from retrieval.published_vector_store where id = {id})
            end
            """,
            row => row.GetBoolean(0),
            cancellationToken);

    internal sealed record Request(
        string? Subject = null, string? FileId = null, string? SourceId = null, string? StoreId = null,
        string? User = null, IReadOnlyList<string>? Identifiers = null, string? Reason = null);
}
