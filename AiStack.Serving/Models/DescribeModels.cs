using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Engines;
using AiStack.Serving.Routing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Serving.Models;

/// <summary>Describes each model with what OpenAI's object lacks.</summary>
internal static class DescribeModels
{
    public static Ok<ModelDescriptions> Handle(EngineCatalog catalog, EngineHealth health, Caller caller) =>
        TypedResults.Ok(new ModelDescriptions(
        [
            .. catalog.Engines.Where(model => caller.FindModelLack(model.Key) is null)
                .Select(model => Describe(model.Key, model.Value, health)),
        ]));

    private static ModelDescription Describe(string name, Engine engine, EngineHealth health) => new(
        name,
        engine.Name,
        engine.Deployment,
        engine.Server,
        engine.ContextTokens,
        engine.Generates,
        engine.PromptVersion,
        engine.Price is { } price ? new(price.Input, price.CachedInput, price.Output, price.Currency) : null,
        health.RestsUntil(engine.Name)?.ToUnixTimeSeconds());

    internal sealed record ModelDescriptions(IReadOnlyList<ModelDescription> Data)
    {
        public string Object { get; } = "list";
    }

    /// <param name="Engine">The engine that answers; if it is not <paramref name="Id"/>, that is an alias.</param>
    /// <param name="Deployment">The model behind the engine, by its server's name.</param>
    /// <param name="Server">What people call that server; null when it has no name.</param>
    /// <param name="ContextTokens">How much it reads at once; null when that has no limit of its own.</param>
    /// <param name="Price">Null when it is unknown.</param>
    /// <param name="RestsUntil">Until when aliases pass it over, in Unix seconds, since it keeps failing; null when it
    /// is asked.</param>
    internal sealed record ModelDescription(
        string Id,
        string Engine,
        string? Deployment,
        string? Server,
        int? ContextTokens,
        bool Generates,
        string? PromptVersion,
        PerMillion? Price,
        long? RestsUntil)
    {
        public string Object { get; } = "model";
    }

    internal sealed record PerMillion(
        decimal InputPerMillion, decimal CachedInputPerMillion, decimal OutputPerMillion, string Currency);
}
