namespace AiStack.ServiceDefaults.Authentication;

/// <summary>What a key may do. A key without the scope gets 403, whatever else it may.</summary>
public static class Scopes
{
    public const string FilesRead = "files.read";
    public const string FilesWrite = "files.write";
    public const string VectorStoresRead = "vector_stores.read";
    public const string VectorStoresWrite = "vector_stores.write";
    public const string EmbeddingsWrite = "embeddings.write";
    public const string ChatWrite = "chat.write";
    public const string ModelsRead = "models.read";
    public const string ModelsWrite = "models.write";
    public const string EvalsRead = "evals.read";
    public const string EvalsWrite = "evals.write";
    public const string FeedbackRead = "feedback.read";
    public const string FeedbackWrite = "feedback.write";
    public const string UsageRead = "usage.read";

    /// <summary>The values that stand-ins stand for. Not even an admin has it unless a key names it.</summary>
    public const string PrivacyReveal = "privacy.reveal";

    /// <summary>Everything, and keys and projects too; but for <see cref="PrivacyReveal"/>.</summary>
    public const string Admin = "admin";

    /// <summary>Every scope, in the order in which people read them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        FilesRead, FilesWrite, VectorStoresRead, VectorStoresWrite, EmbeddingsWrite,
        ChatWrite, ModelsRead, ModelsWrite, EvalsRead, EvalsWrite, FeedbackRead, FeedbackWrite, UsageRead,
        PrivacyReveal, Admin,
    ];
}
