using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Costs;

internal static class CostExtensions
{
    /// <summary>What answers cost, by settings.</summary>
    public static void AddPrices(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<PriceOptions>();
        builder.Services.AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsValidator>();
        builder.Services.AddSingleton<PriceList>();
    }
}
