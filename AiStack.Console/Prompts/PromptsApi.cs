using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Prompts;

/// <summary>Prompts as Serving has them.</summary>
internal sealed class PromptsApi(GatewayClient gateway)
{
    /// <summary>Each by its newest version.</summary>
    public Task<Outcome<Page<PromptView>>> ListAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<PromptView>>("/api/prompts", cancellationToken);

    public Task<Outcome<Page<PromptView>>> VersionsAsync(string name, CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<PromptView>>($"{Path(name)}/versions", cancellationToken);

    public Task<Outcome<PromptDiffView>> CompareAsync(
        string name, int from, int to, CancellationToken cancellationToken) =>
        gateway.GetAsync<PromptDiffView>($"{Path(name)}/diff?from={from}&to={to}", cancellationToken);

    public Task<Outcome<PromptView>> WriteAsync(
        string name, string text, string? note, CancellationToken cancellationToken) =>
        gateway.PostAsync<PromptView>($"{Path(name)}/versions", new { text, note }, cancellationToken);

    public Task<Outcome<PromptView>> LabelAsync(
        string name, string label, int number, CancellationToken cancellationToken) =>
        gateway.PostAsync<PromptView>(
            $"{Path(name)}/labels/{Uri.EscapeDataString(label)}", new { number }, cancellationToken);

    private static string Path(string name) => $"/api/prompts/{Uri.EscapeDataString(name)}";
}

/// <summary>A version of a prompt.</summary>
public sealed record PromptView(
    string Id,
    string Name,
    int Number,
    string Text,
    IReadOnlyList<string> Variables,
    IReadOnlyList<string> Labels,
    string? Note,
    long CreatedAt)
{
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);
}

/// <summary>What changed from one version to another.</summary>
public sealed record PromptDiffView(string From, string To, IReadOnlyList<PromptDiffView.Line> Lines)
{
    public sealed record Line(string Change, string Text);
}
