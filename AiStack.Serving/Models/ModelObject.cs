namespace AiStack.Serving.Models;

/// <summary>OpenAI's model object.</summary>
/// <param name="Created">When this service started to offer it, in Unix seconds.</param>
internal sealed record ModelObject(string Id, long Created, string OwnedBy)
{
    public string Object { get; } = "model";
}
