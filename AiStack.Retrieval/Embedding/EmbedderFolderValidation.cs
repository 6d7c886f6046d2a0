using AiStack.Retrieval.OnnxModels;
using Microsoft.Extensions.Options;

namespace AiStack.Retrieval.Embedding;

/// <summary>Stops the start where the embedder's folder cannot be used, as far as its files tell.</summary>
internal sealed class EmbedderFolderValidation : IValidateOptions<EmbedderOptions>
{
    public ValidateOptionsResult Validate(string? name, EmbedderOptions options)
    {
        if (options.Kind != "onnx-embedding")
        {
            return options.Folder is null
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Retrieval:Embedder:Folder is for the Kind 'onnx-embedding' only.");
        }

        if (string.IsNullOrWhiteSpace(options.Folder))
        {
            return ValidateOptionsResult.Fail(
                "Retrieval:Embedder:Kind 'onnx-embedding' needs Retrieval:Embedder:Folder.");
        }

        try
        {
            EmbeddingFolder.Open(options.Folder, options.Pooling);
            return ValidateOptionsResult.Success;
        }
        catch (ModelRefusedException refused)
        {
            return ValidateOptionsResult.Fail($"Retrieval:Embedder:Folder cannot be used: {refused.Message}");
        }
    }
}
