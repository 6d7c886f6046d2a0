using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Keys;

/// <summary>API keys as the Gateway has them.</summary>
internal sealed class KeysApi(GatewayClient gateway)
{
    public Task<Outcome<KeyList>> ListAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<KeyList>("/api/keys", cancellationToken);

    /// <summary>Makes a key. Its secret is in the answer, and nowhere else ever after.</summary>
    public Task<Outcome<NewKeyView>> CreateAsync(
        string name,
        IReadOnlyCollection<string> scopes,
        DateTimeOffset? expiresAt,
        CancellationToken cancellationToken) =>
        gateway.PostAsync<NewKeyView>("/api/keys", new { name, scopes, expiresAt }, cancellationToken);

    /// <summary>Revokes a key, for good.</summary>
    public Task<Fault?> RevokeAsync(string id, CancellationToken cancellationToken) =>
        gateway.DeleteAsync($"/api/keys/{Uri.EscapeDataString(id)}", cancellationToken);
}

/// <summary>The keys, newest first, and how fast each may call.</summary>
public sealed record KeyList(IReadOnlyList<KeyView> Data, int? RequestsPerMinute);

/// <summary>A key as it can be shown: everything but the key.</summary>
public sealed record KeyView(
    string Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>True while it lets callers in.</summary>
    public bool IsGood(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>True when <paramref name="secret"/> could be this key.</summary>
    public bool IsHintOf(string secret) =>
        Hint.Split('…') is [var start, var end]
        && secret.StartsWith(start, StringComparison.Ordinal) && secret.EndsWith(end, StringComparison.Ordinal);
}

/// <summary>A key that was just made, with its secret.</summary>
public sealed record NewKeyView(KeyView Key, string Secret);
