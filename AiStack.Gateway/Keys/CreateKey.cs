using System.Security.Cryptography;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>Makes a key for the caller's project.</summary>
internal static class CreateKey
{
    private const int MaxNameLength = 200;

    /// <summary>Letters and digits of a key: 43 of 62 are 256 bits.</summary>
    private const int KeyLength = 43;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static async Task<IResult> HandleAsync(
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(request, time.GetUtcNow()) is { } fault)
        {
            return fault.ToResult();
        }

        // A key may do no more than the key that made it.
        if (request.Scopes.Where(scope => !caller.Has(scope)).ToList() is { Count: > 0 } more)
        {
            return new Fault(
                FaultCode.Forbidden, $"Your own key lacks {string.Join(", ", more)}, so you cannot give it.", "scopes")
                .ToResult();
        }

        var secret = NewSecret();
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var key = await InsertAsync(
            connection,
            caller.ProjectId,
            request.Name,
            secret,
            [.. request.Scopes],
            time.GetUtcNow(),
            request.ExpiresAt,
            cancellationToken);
        return TypedResults.Created($"/api/keys/{key!.Id}", new Created(key, secret));
    }

    internal static string NewSecret() => $"sk-aistack-{RandomNumberGenerator.GetString(Alphabet, KeyLength)}";

    /// <summary>Stores the key's hash; null when the same key is there already.</summary>
    internal static Task<KeyView?> InsertAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        string name,
        string secret,
        string[] scopes,
        DateTimeOffset createdAt,
        DateTimeOffset? expiresAt,
        CancellationToken cancellationToken) => connection.FirstOrDefaultAsync(
            $"""
            insert into gateway.api_key (id, project_id, name, sha256, hint, scopes, created_at, expires_at)
            values ({Id<ApiKey>.New()}, {projectId}, {name}, {KeyRing.Hash(secret)}, {Hint(secret)}, {scopes},
                    {createdAt}, {expiresAt?.ToUniversalTime()}::timestamptz)
            on conflict on constraint api_key_sha256 do nothing
            returning id, name, hint, scopes, created_at, expires_at, revoked_at
            """,
            KeyView.Read,
            cancellationToken);

    private static Fault? Check(Request request, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > MaxNameLength)
        {
            return new(FaultCode.InvalidArgument, $"'name' must have 1 to {MaxNameLength} characters.", "name");
        }

        if (request.Scopes is not { Count: > 0 } || request.Scopes.Except(Scopes.All).ToList() is { Count: > 0 })
        {
            return new(
                FaultCode.InvalidArgument,
                $"'scopes' must name one or more of: {string.Join(", ", Scopes.All)}.",
                "scopes");
        }

        return request.ExpiresAt <= now
            ? new(FaultCode.InvalidArgument, "'expires_at' is in the past.", "expires_at")
            : null;
    }

    private static string Hint(string secret) => $"{secret[..11]}…{secret[^4..]}";

    internal sealed record Request(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

    internal sealed record Created(KeyView Key, string Secret);
}
