using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Items;

/// <summary>Words that came from vector stores: they are for those alone who may search.</summary>
internal static class SourcedWords
{
    /// <summary>
    /// Why the caller may not read what was kept; null when they may. An answer that was made from sources, or goes on
    /// with one, says what is in them.
    /// </summary>
    public static Fault? FindLack(this Caller caller, bool hasSources, string field) => hasSources
        ? caller.FindLack(Scopes.VectorStoresRead, "Reading an answer that was made from vector stores", field)
        : null;
}
