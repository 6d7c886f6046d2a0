using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Models;

/// <summary>The models that can be named in a request, and who answers for them.</summary>
internal sealed class ModelsApi(GatewayClient gateway)
{
    public Task<Outcome<Page<DescribedModel>>> ListAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<Page<DescribedModel>>("/api/models", cancellationToken);
}

/// <summary>A model as the API describes it.</summary>
public sealed record DescribedModel(
    string Id,
    string Engine,
    string? Deployment,
    string? Server,
    int? ContextTokens,
    bool Generates,
    string? PromptVersion,
    ModelPrice? Price,
    long? RestsUntil)
{
    public bool IsAlias => Id != Engine;
}

/// <summary>What a million tokens cost.</summary>
public sealed record ModelPrice(
    decimal InputPerMillion, decimal CachedInputPerMillion, decimal OutputPerMillion, string Currency)
{
    public bool IsFree => InputPerMillion == 0 && CachedInputPerMillion == 0 && OutputPerMillion == 0;
}
