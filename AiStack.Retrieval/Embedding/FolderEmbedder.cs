using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>Sentences by a model from a folder, which is in memory from the start.</summary>
internal sealed class FolderEmbedder(LoadedFolder loaded, string identity, bool? isMultilingual)
    : LocalEmbedder(
        new("aistack", null, identity, loaded.Dimensions), isMultilingual ?? loaded.IsMultilingual)
{
    /// <summary>Loads the folder that the settings name; what is wrong with it says so.</summary>
    public static FolderEmbedder From(EmbedderOptions options)
    {
        try
        {
            var folder = EmbeddingFolder.Open(options.Folder!, options.Pooling);
            return new(folder.Load(), folder.Identity(), options.Multilingual);
        }
        catch (ModelRefusedException refused)
        {
            throw new ModelRefusedException($"Retrieval:Embedder:Folder cannot be used: {refused.Message}", refused);
        }
    }

    protected override EmbeddingModel Load() => loaded.Model;
}
