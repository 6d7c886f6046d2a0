using AiStack.Console.Files;
using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Keys;

/// <summary>API keys as the Gateway has them.</summary>
internal sealed class KeysApi(GatewayClient gateway)
{
    /// <summary>The most keys that one page of the API has.</summary>
    public const int PageSize = 100;

    /// <summary>A page of keys, newest first.</summary>
    public Task<Outcome<KeyList>> ListAsync(string? after, CancellationToken cancellationToken) =>
        gateway.GetAsync<KeyList>($"/api/keys?limit={PageSize}{FilesApi.After(after)}", cancellationToken);

    /// <summary>Makes a key. Only this answer has its secret.</summary>
    public Task<Outcome<NewKeyView>> CreateAsync(
        string name,
        IReadOnlyCollection<string> scopes,
        DateTimeOffset? expiresAt,
        IReadOnlyCollection<string>? models,
        CancellationToken cancellationToken) =>
        gateway.PostAsync<NewKeyView>("/api/keys", new { name, scopes, expiresAt, models }, cancellationToken);

    /// <summary>Gives a key a new secret, which only this answer has; the old one is good for a day yet.</summary>
    public Task<Outcome<NewKeyView>> RotateAsync(string id, CancellationToken cancellationToken) =>
        gateway.PostAsync<NewKeyView>($"/api/keys/{Uri.EscapeDataString(id)}/rotate", new { }, cancellationToken);

    /// <summary>Revokes a key, for good.</summary>
    public Task<Fault?> RevokeAsync(string id, CancellationToken cancellationToken) =>
        gateway.DeleteAsync($"/api/keys/{Uri.EscapeDataString(id)}", cancellationToken);
}

/// <summary>A page of keys, newest first, and how fast each may call.</summary>
public sealed record KeyList(
    IReadOnlyList<KeyView> Data, int? RequestsPerMinute, bool HasMore = false, string? LastId = null);

/// <summary>A key as it can be shown: everything but the key.</summary>
public sealed record KeyView(
    string Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    IReadOnlyList<string>? Models = null,
    DateTimeOffset? PreviousUntil = null)
{
    /// <summary>What it may do, and by which models, in words.</summary>
    public string May => string.Join(", ", Scopes) + (Models is null ? "" : $"; only {string.Join(", ", Models)}");

    /// <summary>True while it lets callers in.</summary>
    public bool IsGood(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>True when <paramref name="secret"/> could be this key.</summary>
    public bool IsHintOf(string secret) =>
        Hint.Split('…') is [var start, var end]
        && secret.StartsWith(start, StringComparison.Ordinal) && secret.EndsWith(end, StringComparison.Ordinal);
}

/// <summary>A key that was just made, with its secret.</summary>
public sealed record NewKeyView(KeyView Key, string Secret);
