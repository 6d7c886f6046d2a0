using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Pseudonyms;

/// <summary>What pseudonyms stand for, and who had it shown.</summary>
internal sealed class PseudonymsApi(GatewayClient gateway)
{
    private const int PageSize = 50;

    /// <summary>Has a text's pseudonyms replaced by what they stand for. Who asks is in the record.</summary>
    public Task<Outcome<RevealedView>> RevealAsync(
        string text, string reason, string person, CancellationToken cancellationToken) =>
        gateway.PostAsync<RevealedView>(
            "/api/pseudonyms/reveal", new { text, reason }, $"user:{person}", cancellationToken);

    /// <summary>A page of what was shown, newest first.</summary>
    public Task<Outcome<Page<RevealView>>> ListAsync(string? after, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<RevealView>>(
            $"/api/pseudonyms/reveals?limit={PageSize}{(after is null ? null : $"&after={after}")}",
            cancellationToken);
}

/// <summary>A text with what its pseudonyms stand for.</summary>
public sealed record RevealedView(string? Text, IReadOnlyList<RevealedView.Entry> Data)
{
    /// <param name="Values">Several where a short pseudonym is that of several.</param>
    public sealed record Entry(string StandIn, string Kind, IReadOnlyList<string> Values);
}

/// <summary>That somebody had values shown, when and why.</summary>
public sealed record RevealView(
    string Id, string? KeyId, IReadOnlyList<string>? Principals, string Reason, IReadOnlyList<string> StandIns,
    long CreatedAt)
{
    /// <summary>The person, where the request said so, or the key.</summary>
    public string Who => Principals is { Count: > 0 } ? string.Join(", ", Principals) : KeyId ?? "a service";

    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);
}
