using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Idempotency;

/// <summary>
/// Requests by their keys, in Postgres: of many replicas one answers each. What is a day old counts as not there.
/// </summary>
internal sealed class IdempotentRequests(NpgsqlDataSource database, IOptions<IdempotencyOptions> options)
{
    /// <summary>A row that was there may be gone when it is read, and another be there then.</summary>
    private const int MaxLooks = 3;

    /// <summary>Takes the request, when nobody else has it; else says how it stands.</summary>
    public async Task<Finding> ClaimAsync(RequestName name, byte[] sha256, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(name.ProjectId, cancellationToken);
        for (var look = 0; look < MaxLooks; look++)
        {
            if (await TakeAsync(connection, name, sha256, cancellationToken))
            {
                return new Finding.First();
            }

            if (await FindAsync(connection, name, sha256, cancellationToken) is { } finding)
            {
                return finding;
            }
        }

        return new Finding.Running();
    }

    /// <summary>Goes on holding the request.</summary>
    public async Task RenewAsync(RequestName name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(name.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update gateway.idempotent_request
            set leased_until = now() + {options.Value.LeaseTime}
            where key_id = {name.KeyId} and name = {name.Name} and claim = {name.Claim} and status is null
            """,
            cancellationToken);
    }

    /// <summary>Keeps the answer, unless another has taken the request over.</summary>
    public async Task KeepAsync(RequestName name, IdempotentAnswer answer, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(name.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update gateway.idempotent_request
            set status = {answer.Status}, content_type = {answer.ContentType}, request_id = {answer.RequestId},
                body = {answer.Body}::bytea
            where key_id = {name.KeyId} and name = {name.Name} and claim = {name.Claim} and status is null
            """,
            cancellationToken);
    }

    /// <summary>Gives the request up: the next one like it is the first.</summary>
    public async Task ReleaseAsync(RequestName name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(name.ProjectId, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            delete from gateway.idempotent_request
            where key_id = {name.KeyId} and name = {name.Name} and claim = {name.Claim} and status is null
            """,
            cancellationToken);
    }

    // Of twins, the one statement lets one in. It also takes what is a day old, and a like request whose replica died.
    private async Task<bool> TakeAsync(
        NpgsqlConnection connection, RequestName name, byte[] sha256, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            $"""
            insert into gateway.idempotent_request as there (
                project_id, key_id, name, request_sha256, claim, leased_until)
            values (
                {name.ProjectId}, {name.KeyId}, {name.Name}, {sha256}, {name.Claim},
                now() + {options.Value.LeaseTime})
            on conflict (project_id, key_id, name) do update
            set request_sha256 = excluded.request_sha256, claim = excluded.claim,
                leased_until = excluded.leased_until, created_at = now(), status = null, content_type = null,
                request_id = null, body = null
            where there.created_at < now() - interval '24 hours'
               or (there.status is null and there.leased_until < now()
                   and there.request_sha256 = excluded.request_sha256)
            """,
            cancellationToken) == 1;

    private static Task<Finding?> FindAsync(
        NpgsqlConnection connection, RequestName name, byte[] sha256, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync<Finding>(
            $"""
            select request_sha256 = {sha256}, status, content_type, request_id, body
            from gateway.idempotent_request
            where key_id = {name.KeyId} and name = {name.Name} and created_at >= now() - interval '24 hours'
            """,
            row => !row.GetBoolean(0) ? new Finding.Other()
                : row.IsDBNull(1) ? new Finding.Running()
                : new Finding.Answered(new(
                    row.GetInt32(1),
                    row.IsDBNull(2) ? null : row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetString(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4))),
            cancellationToken);
}

/// <summary>A request's key, which is its API key's own.</summary>
/// <param name="Claim">Of the one who would answer it.</param>
internal sealed record RequestName(Id<Project> ProjectId, Id<ApiKey> KeyId, string Name, Guid Claim);
