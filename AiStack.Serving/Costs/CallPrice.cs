using Microsoft.Extensions.AI;

namespace AiStack.Serving.Costs;

/// <summary>The price of one call on its way to the model, where it is not that of the engine.</summary>
internal static class CallPrice
{
    private const string Key = "aistack.call_price";

    public static void SetPrice(this ChatOptions options, Price? price) =>
        (options.AdditionalProperties ??= [])[Key] = price;

    /// <summary>The call's own price, or else <paramref name="usual"/>; null when it is unknown.</summary>
    public static Price? PriceOr(this ChatOptions? options, Price? usual) =>
        options?.AdditionalProperties?.TryGetValue(Key, out var price) == true ? price as Price : usual;
}
