namespace AiStack.Retrieval.Storage;

/// <summary>A piece of a document's text, as OpenAI writes it.</summary>
internal sealed record TextContent(string Text)
{
    public string Type { get; } = "text";
}
