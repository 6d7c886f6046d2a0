using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Guards;

/// <summary>Guards as Serving has them.</summary>
internal sealed class GuardsApi(GatewayClient gateway)
{
    private const string Path = "/api/guards";

    public Task<Outcome<GuardsView>> GetAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<GuardsView>(Path, cancellationToken);

    public Task<Outcome<GuardsView>> SetAsync(PolicyView policy, CancellationToken cancellationToken) =>
        gateway.PutAsync<GuardsView>(Path, policy, cancellationToken);

    public Task<Outcome<GuardTrialView>> TryAsync(
        string text, IReadOnlyList<string> phrases, CancellationToken cancellationToken) =>
        gateway.PostAsync<GuardTrialView>($"{Path}/try", new { text, phrases }, cancellationToken);

    /// <summary>What was found in the last days.</summary>
    public Task<Outcome<GuardFindingsView>> FindingsAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<GuardFindingsView>($"{Path}/findings", cancellationToken);
}

/// <summary>The project's policy.</summary>
public sealed record GuardsView(PolicyView Policy, long? UpdatedAt);

/// <summary>What each guard does, by place.</summary>
public sealed record PolicyView(
    PolicyView.Rule Pii,
    PolicyView.Rule Secrets,
    PolicyView.InjectionRule Injection,
    PolicyView.TopicRule Topics,
    PolicyView.SizeRule Size)
{
    public sealed record Rule(string Input, string Passages, string Output);

    public sealed record InjectionRule(string Input, string Passages);

    public sealed record TopicRule(string Input, string Passages, string Output, IReadOnlyList<string>? Phrases);

    public sealed record SizeRule(string Input, int? MaxCharacters);
}

/// <summary>What would be found in a text.</summary>
public sealed record GuardTrialView(IReadOnlyList<GuardTrialView.Entry> Findings, string Masked)
{
    public sealed record Entry(string Guard, string Kind, int Start, int End);
}

/// <summary>How often what was found.</summary>
public sealed record GuardFindingsView(int Days, IReadOnlyList<GuardFindingsView.Entry> Data)
{
    public sealed record Entry(string Guard, string Kind, string Place, string Action, long Count, long Answers);
}
