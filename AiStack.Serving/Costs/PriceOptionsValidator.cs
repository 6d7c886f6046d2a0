using Microsoft.Extensions.Options;

namespace AiStack.Serving.Costs;

/// <summary>Refuses prices that would be counted wrong and not be noticed.</summary>
internal sealed class PriceOptionsValidator(IConfiguration configuration) : IValidateOptions<PriceOptions>
{
    /// <summary>Far above any price list: a decimal comma that was read as none is caught.</summary>
    private const decimal MaxPerMillion = 100_000;

    private const string Upstreams = "Serving:Upstreams";

    public ValidateOptionsResult Validate(string? name, PriceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var wrong = options.Prices
            .SelectMany(price => Wrong($"Serving:Prices:{price.Key}", price.Key, price.Value)).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <summary>What can have a price: the engines that are built in, and each configured server of models.</summary>
    private IReadOnlyList<string> Priced =>
    [
        .. EngineNames.All, EngineNames.Embeddings,
        .. configuration.GetSection(Upstreams).GetChildren().Select(upstream => upstream.Key),
    ];

    private IEnumerable<string> Wrong(string path, string model, ModelPrice price)
    {
        if (!Priced.Contains(model.Split('/', 2)[0]))
        {
            var models = string.Join(", ", Priced);
            yield return $"{path} is the price of no model. Prices can be set for: {models}.";
        }

        if (price.InputPerMillion is null || price.OutputPerMillion is null)
        {
            yield return $"{path} must have both InputPerMillion and OutputPerMillion; 0 is a price.";
        }

        (string Name, decimal? Value)[] values =
        [
            (nameof(price.InputPerMillion), price.InputPerMillion),
            (nameof(price.CachedInputPerMillion), price.CachedInputPerMillion),
            (nameof(price.OutputPerMillion), price.OutputPerMillion),
        ];
        foreach (var (each, value) in values.Where(value => value.Value is < 0 or > MaxPerMillion))
        {
            yield return $"{path}:{each} ({value}) must be from 0 to {MaxPerMillion}.";
        }
    }
}
