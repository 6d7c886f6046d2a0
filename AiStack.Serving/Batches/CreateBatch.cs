using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Requests;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.Batches;

internal static class CreateBatch
{
    private static readonly TimeSpan _window = TimeSpan.FromHours(24);

    public static async Task<IResult> HandleAsync(
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        InnerReads reads,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request, caller) is { } wrong)
        {
            return wrong.ToResult();
        }

        var file = await reads.GetAsync<JsonElement>(
            InnerReads.Ingest, $"/v1/files/{request.InputFileId}", caller, cancellationToken);
        if (!file.TryGet(out _, out var missing))
        {
            return (missing with { Parameter = "input_file_id" }).ToResult();
        }

        var (id, now) = (Id<Batch>.New(), time.GetUtcNow());
        var metadata = JsonSerializer.Serialize(
            request.Metadata ?? new Dictionary<string, string>(), JsonDefaults.Options);
        var created = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                await connection.ExecuteAsync(
                    $"""
                    insert into serving.batch (
                        id, project_id, organisation_id, key_id, scopes, principals, endpoint, input_file_id, status,
                        metadata, created_at, expires_at)
                    values (
                        {id}, {caller.ProjectId}, {caller.OrganisationId}, {caller.KeyId?.Value},
                        {caller.Scopes.ToArray()}, {caller.KeptPrincipals()}, {request.Endpoint}, {request.InputFileId},
                        'validating', {metadata}::jsonb, {now}, {now + _window})
                    """,
                    cancellationToken);
                await WorkQueue.EnqueueAsync(
                    connection, caller.ProjectId, BatchWork.Queue, new BatchWork(id), cancellationToken);
                return (await BatchObject.FindAsync(connection, id, cancellationToken))!;
            },
            cancellationToken);
        return TypedResults.Ok(created);
    }

    private static Fault? Check(Request request, Caller caller) =>
        request.Endpoint is null || !BatchRequests.Endpoints.Contains(request.Endpoint)
            ? RequestChecks.Invalid(
                $"'endpoint' must be one of: {string.Join(", ", BatchRequests.Endpoints)}.", "endpoint")
        : request.CompletionWindow != "24h"
            ? RequestChecks.Invalid("'completion_window' must be '24h'.", "completion_window")
        : !Id<StoredFile>.TryParse(request.InputFileId, null, out _)
            ? RequestChecks.Invalid("'input_file_id' must be the id of a file.", "input_file_id")
        : RequestChecks.Metadata(request.Metadata)
            ?? caller.FindLack(Scopes.FilesRead, "Reading a batch's requests", "input_file_id")
            ?? caller.FindLack(Scopes.FilesWrite, "Writing a batch's answers", "input_file_id")
            ?? (request.Endpoint == BatchRequests.Embeddings
                ? caller.FindLack(Scopes.EmbeddingsWrite, "Turning texts into vectors", "endpoint")
                : null);

    internal sealed record Request(
        string? InputFileId,
        string? Endpoint,
        string? CompletionWindow,
        IReadOnlyDictionary<string, string>? Metadata)
    {
        [Unsupported("a batch's files stay until they are deleted.")]
        public JsonElement? OutputExpiresAfter { get; init; }
    }
}
