using System.Text.Json;
using AiStack.Console.Gateway;

namespace AiStack.Console.Start;

/// <summary>A layer of the stack and the cheapest question that only it can answer.</summary>
public sealed record Layer(string Name, string Does, string Path);

/// <summary>What became of that question.</summary>
public sealed record LayerState(Layer Layer, bool IsReachable, TimeSpan Took, string? Reason);

/// <summary>Asks each layer, by the way that clients take: a layer is well when its answer arrives.</summary>
internal sealed class StackProbe(GatewayClient gateway, TimeProvider time)
{
    /// <summary>The layer that every other is reached through.</summary>
    public static Layer Gateway { get; } = new("Gateway", "keys, limits, routing", "/health");

    public static IReadOnlyList<Layer> Layers { get; } =
    [
        Gateway,
        new("Data", "files, text, chunks", "/v1/files?limit=1"),
        new("Retrieval", "stores, embeddings, search", "/v1/vector_stores?limit=1"),
        new("Models", "answers with sources", "/v1/models"),
        new("Evaluation", "datasets, runs, quality", "/v1/evals?limit=1"),
    ];

    public Task<LayerState[]> AskAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Layers.Select(layer => AskAsync(layer, cancellationToken)));

    private async Task<LayerState> AskAsync(Layer layer, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var outcome = await gateway.GetAsync<JsonElement>(layer.Path, cancellationToken);
        var isReachable = outcome.TryGet(out _, out var fault);
        return new(layer, isReachable, time.GetElapsedTime(started), fault?.Message);
    }
}
