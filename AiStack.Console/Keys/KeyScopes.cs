using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Console.Keys;

/// <summary>What each scope lets a key do, in words.</summary>
internal static class KeyScopes
{
    /// <summary>Every scope, in the order in which people read them.</summary>
    public static IReadOnlyList<string> All => Scopes.All;

    /// <summary>What a program needs that only asks questions.</summary>
    public static IReadOnlyList<string> ToAsk { get; } =
        [Scopes.VectorStoresRead, Scopes.ChatWrite, Scopes.ModelsRead];

    public static string Title(string scope) => scope switch
    {
        Scopes.FilesRead => "See and download files",
        Scopes.FilesWrite => "Add and delete files",
        Scopes.VectorStoresRead => "See and search stores",
        Scopes.VectorStoresWrite => "Make, fill and delete stores",
        Scopes.EmbeddingsWrite => "Compute embeddings",
        Scopes.ChatWrite => "Ask, and read back answers",
        Scopes.ModelsRead => "List models",
        Scopes.ModelsWrite => "Register, promote and roll back models",
        Scopes.EvalsRead => "See evaluations",
        Scopes.EvalsWrite => "Run evaluations",
        Scopes.FeedbackRead => "See feedback",
        Scopes.FeedbackWrite => "Give feedback",
        Scopes.UsageRead => "See usage and cost",
        Scopes.PrivacyReveal => "See what pseudonyms stand for",
        Scopes.Admin => "Everything, keys included, but what pseudonyms stand for",
        _ => scope,
    };
}
