namespace AiStack.Console.Gateway;

/// <summary>A page of a list, as the API gives it: newest first, the next one after the last id.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, bool HasMore = false, string? LastId = null);
