using AiStack.Retrieval.OnnxModels;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Retrieval.Reranking;

internal static class RerankingExtensions
{
    /// <summary>The reranker, where the settings name its folder.</summary>
    public static void AddReranking(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<RerankerOptions>();
        builder.Services.AddSingleton<IValidateOptions<RerankerOptions>, RerankerFolderValidation>();
        builder.Services.AddSingleton<Reranker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Reranker>());
    }
}

/// <summary>Stops the start where the reranker's folder cannot be used, as far as its files tell.</summary>
internal sealed class RerankerFolderValidation : IValidateOptions<RerankerOptions>
{
    public ValidateOptionsResult Validate(string? name, RerankerOptions options)
    {
        try
        {
            if (options.Folder is { } path)
            {
                TokenizerFolder.FileOf(ModelFolder.Open(path));
            }

            return ValidateOptionsResult.Success;
        }
        catch (ModelRefusedException refused)
        {
            return ValidateOptionsResult.Fail($"Retrieval:Reranker:Folder cannot be used: {refused.Message}");
        }
    }
}
