using System.Text.Json;

namespace AiStack.Ingest.Connectors;

/// <summary>A kind that can tell by itself that something changed at a source.</summary>
internal interface IWatchingKind : IConnectorKind
{
    /// <summary>
    /// Calls <paramref name="changed"/>, from any thread and as often as it likes, when something changed or may have
    /// been missed, until it is disposed. Null when these settings ask for none.
    /// </summary>
    /// <exception cref="SourceException">It cannot be watched now.</exception>
    IDisposable? Watch(JsonElement settings, Action changed);
}
