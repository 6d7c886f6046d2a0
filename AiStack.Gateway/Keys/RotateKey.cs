using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>
/// Gives a key a new secret. The old one is good for a while yet, so that no program is refused while it is changed.
/// The key stays the same: what it may do, its budgets and its usage.
/// </summary>
internal static class RotateKey
{
    private static readonly TimeSpan _grace = TimeSpan.FromDays(1);
    private static readonly TimeSpan _longestGrace = TimeSpan.FromDays(30);

    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        KeyRing keys,
        IOptions<KeyOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<ApiKey>.TryParse(id, null, out var keyId))
        {
            return RevokeKey.NotFound(id);
        }

        var grace = request.GraceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : _grace;
        if (grace < TimeSpan.Zero || grace > _longestGrace)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"'grace_seconds' must be from 0 to {_longestGrace.TotalSeconds}, which is 30 days.",
                "grace_seconds").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await FindAsync(connection, keyId, cancellationToken);
        if (found is null)
        {
            return RevokeKey.NotFound(id);
        }

        if (Refusal(found, caller, options.Value, time.GetUtcNow()) is { } fault)
        {
            return fault.ToResult();
        }

        var secret = CreateKey.NewSecret();
        var rotated = await RotateAsync(
            connection, keyId, found.Sha256, secret, time.GetUtcNow() + grace, cancellationToken);
        if (rotated is null)
        {
            return new Fault(
                FaultCode.Conflict, "The key was rotated or revoked by another just now. Look at it again.", "id")
                .ToResult();
        }

        // Here they are looked up anew; other replicas remember them for as long as their cache does.
        keys.Forget(found.Sha256);
        if (found.Previous is not null)
        {
            keys.Forget(found.Previous);
        }

        return TypedResults.Ok(new CreateKey.Created(rotated, secret));
    }

    /// <summary>Why it may not be rotated: whoever rotates a key has its new secret.</summary>
    private static Fault? Refusal(Found key, Caller caller, KeyOptions options, DateTimeOffset now) =>
        key.View.RevokedAt is not null || key.View.ExpiresAt <= now
            ? new(FaultCode.Conflict, "A key that is revoked or has expired cannot be rotated. Make a new one.", "id")
        : options.DevelopmentKey is { } own && KeyRing.Hash(own).AsSpan().SequenceEqual(key.Sha256)
            ? new(FaultCode.Conflict, "This key comes from the setting Gateway:DevelopmentKey: change it there.", "id")
        // Who may make a key that has more than their own does so under a name of its own, and is seen to.
        : CreateKey.FindMore(key.View.Scopes, key.View.Models, caller, caller.Has);

    private static Task<Found?> FindAsync(
        NpgsqlConnection connection, Id<ApiKey> id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select id, name, hint, scopes, created_at, expires_at, revoked_at, models, previous_until, sha256,
                   previous_sha256
            from gateway.api_key
            where id = {id}
            """,
            row => new Found(
                KeyView.Read(row),
                row.GetFieldValue<byte[]>(9),
                row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10)),
            cancellationToken);

    // Of two at once, one finds another secret than it read.
    private static Task<KeyView?> RotateAsync(
        NpgsqlConnection connection,
        Id<ApiKey> id,
        byte[] old,
        string secret,
        DateTimeOffset until,
        CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            update gateway.api_key
            set sha256 = {KeyRing.Hash(secret)}, hint = {CreateKey.Hint(secret)}, previous_sha256 = sha256,
                previous_until = {until}
            where id = {id} and sha256 = {old} and revoked_at is null
            returning id, name, hint, scopes, created_at, expires_at, revoked_at, models, previous_until
            """,
            KeyView.Read,
            cancellationToken);

    /// <param name="GraceSeconds">How long the old secret is good yet; a day when it is not said.</param>
    internal sealed record Request(long? GraceSeconds = null);

    private sealed record Found(KeyView View, byte[] Sha256, byte[]? Previous);
}
