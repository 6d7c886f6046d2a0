namespace AiStack.Console.Frame;

/// <summary>A view of a page that can be chosen, and whether it is the one that is shown.</summary>
public sealed record ChoiceLink(string Title, string Href, bool IsChosen);
