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

    // They travel in the header of each inner request.
    private const int MaxModels = 32;
    private const int MaxModelLength = 128;

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

        if (FindMore(request.Scopes, request.Models, caller, caller.MayGive) is { } more)
        {
            return more.ToResult();
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
            request.Models,
            cancellationToken);
        return TypedResults.Created($"/api/keys/{key!.Id}", new Created(key, secret));
    }

    /// <summary>What the key could do that the key that makes it cannot; null when there is nothing.</summary>
    /// <param name="allowed">Which scopes the key that makes it may give.</param>
    internal static Fault? FindMore(
        IReadOnlyCollection<string> scopes, IReadOnlyCollection<string>? models, Caller caller,
        Func<string, bool> allowed)
    {
        if (scopes.Where(scope => !allowed(scope)).ToList() is { Count: > 0 } more)
        {
            return new(
                FaultCode.Forbidden, $"Your own key lacks {string.Join(", ", more)}, so you cannot give it.", "scopes");
        }

        return caller.Models is { } own && (models is null || models.Any(model => !own.Contains(model)))
            ? new(
                FaultCode.Forbidden,
                $"Your own key may use only {string.Join(", ", own)}, so 'models' must name some of those.",
                "models")
            : null;
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
        IReadOnlyCollection<string>? models,
        CancellationToken cancellationToken) => connection.FirstOrDefaultAsync(
            $"""
            insert into gateway.api_key (id, project_id, name, sha256, hint, scopes, created_at, expires_at, models)
            values ({Id<ApiKey>.New()}, {projectId}, {name}, {KeyRing.Hash(secret)}, {Hint(secret)}, {scopes},
                    {createdAt}, {expiresAt?.ToUniversalTime()}::timestamptz, {models?.Distinct().ToArray()}::text[])
            on conflict on constraint api_key_sha256 do nothing
            returning id, name, hint, scopes, created_at, expires_at, revoked_at, models, previous_until
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

        if (request.Models is { } models && !IsGood(models))
        {
            return new(
                FaultCode.InvalidArgument,
                $"'models' must name 1 to {MaxModels} models, each with 1 to {MaxModelLength} printable ASCII "
                + "characters; without it the key may use all.",
                "models");
        }

        return request.ExpiresAt <= now
            ? new(FaultCode.InvalidArgument, "'expires_at' is in the past.", "expires_at")
            : null;
    }

    private static bool IsGood(IReadOnlyList<string> models) =>
        models.Count is > 0 and <= MaxModels && models.All(model =>
            model is { Length: > 0 and <= MaxModelLength } && model.All(letter => letter is > ' ' and <= '~'));

    internal static string Hint(string secret) => $"{secret[..11]}…{secret[^4..]}";

    /// <param name="Models">The only models it may name; without them, all.</param>
    internal sealed record Request(
        string Name,
        IReadOnlyList<string> Scopes,
        DateTimeOffset? ExpiresAt,
        IReadOnlyList<string>? Models = null);

    internal sealed record Created(KeyView Key, string Secret);
}
