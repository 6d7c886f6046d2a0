namespace AiStack.Console.Files;

/// <summary>The store that a person last worked with: the pages agree on it.</summary>
internal sealed class ChosenStore
{
    /// <summary>Its id; <c>null</c> until one was chosen, empty for none.</summary>
    public string? Id { get; set; }
}
