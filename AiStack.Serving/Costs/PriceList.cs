using Microsoft.Extensions.Options;

namespace AiStack.Serving.Costs;

/// <summary>The prices by the names of models.</summary>
internal sealed class PriceList(IOptions<PriceOptions> options)
{
    public string Currency => options.Value.Currency;

    /// <summary>The price of <paramref name="model"/>; null when it is unknown, which is not free.</summary>
    public Price? Find(string model) =>
        options.Value.Prices.TryGetValue(model, out var price)
            ? new(
                price.InputPerMillion!.Value,
                price.CachedInputPerMillion ?? price.InputPerMillion.Value,
                price.OutputPerMillion!.Value,
                Currency)
            : model is EngineNames.Extractive or EngineNames.Embeddings ? new(0, 0, 0, Currency) : null;

    /// <summary>
    /// The price of another model of an engine's server, by <c>Serving:Prices:{engine}/{model}</c>; null when it is
    /// unknown.
    /// </summary>
    public Price? Find(string engine, string model) => Find($"{engine}/{model}");
}
