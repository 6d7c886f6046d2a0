using Microsoft.SemanticKernel;

namespace AiStack.Serving.Prompts;

/// <summary>
/// A prompt: a file with its version in its name, which Semantic Kernel renders. A file never changes once it has
/// answered: a better prompt is a new version, so that the record of an answer says what the model was told.
/// </summary>
internal sealed class PromptTemplate
{
    private readonly IPromptTemplate _template;

    private PromptTemplate(string version, string text)
    {
        Version = version;
        Text = text;
        // Values go in as they are: a prompt is plain text here, and entities would spoil the words that are to be
        // quoted.
        _template = new KernelPromptTemplateFactory { AllowDangerouslySetContent = true }
            .Create(new PromptTemplateConfig(text) { Name = version });
    }

    /// <summary>What answers are recorded with, such as <c>answer.v1</c>.</summary>
    public string Version { get; }

    /// <summary>The template itself, for its length.</summary>
    public string Text { get; }

    /// <summary>Loads <c>Prompts/{version}.md</c>.</summary>
    public static PromptTemplate Load(string version)
    {
        var assembly = typeof(PromptTemplate).Assembly;
        using var stream = assembly.GetManifestResourceStream($"{assembly.GetName().Name}.Prompts.{version}.md")
            ?? throw new InvalidOperationException($"There is no prompt Prompts/{version}.md.");
        using var reader = new StreamReader(stream);
        return new(version, reader.ReadToEnd());
    }

    public Task<string> RenderAsync(KernelArguments values, CancellationToken cancellationToken) =>
        _template.RenderAsync(new Kernel(), values, cancellationToken);
}
