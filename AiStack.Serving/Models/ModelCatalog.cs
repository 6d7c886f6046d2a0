using AiStack.Contracts;
using AiStack.Serving.Engines;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Models;

/// <summary>
/// The engines by the names that callers know them by; <c>default</c> is another name for the configured one.
/// </summary>
internal sealed class ModelCatalog
{
    public const string Default = "default";

    private readonly Dictionary<string, Engine> _engines;

    public ModelCatalog(IEnumerable<Engine> engines, IOptions<ServingOptions> options, TimeProvider time)
    {
        _engines = engines.ToDictionary(engine => engine.Name, StringComparer.Ordinal);
        var configured = options.Value.Engine
            ?? (_engines.ContainsKey(EngineNames.OpenAi) ? EngineNames.OpenAi : EngineNames.Extractive);
        _engines.Add(Default, _engines.TryGetValue(configured, out var engine)
            ? engine
            : throw new InvalidOperationException(
                $"Serving:Engine is '{configured}', but that engine is not configured: set Serving:OpenAi:Model."));

        var created = time.GetUtcNow().ToUnixTimeSeconds();
        var names = _engines.Keys.Order(StringComparer.Ordinal);
        Models = [.. names.Select(name => new ModelObject(name, created, "aistack"))];
    }

    /// <summary>Every model, by name.</summary>
    public IReadOnlyList<ModelObject> Models { get; }

    /// <summary>The engine behind each model, by name.</summary>
    public IEnumerable<KeyValuePair<string, Engine>> Engines =>
        _engines.OrderBy(model => model.Key, StringComparer.Ordinal);

    /// <summary>The engine that answers for <paramref name="model"/>.</summary>
    public Outcome<Engine> Find(string? model) =>
        string.IsNullOrEmpty(model)
            ? new Fault(
                FaultCode.InvalidArgument, "'model' is missing. 'default' is a model that is always there.", "model")
            : _engines.TryGetValue(model, out var engine) ? engine : ModelEndpoints.NotFound(model);
}
