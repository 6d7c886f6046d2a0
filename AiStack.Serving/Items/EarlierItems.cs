using AiStack.Contracts;

namespace AiStack.Serving.Items;

/// <summary>What was said before a request.</summary>
/// <param name="PreviousId">The response that it continues; null when it continues none.</param>
internal sealed record EarlierItems(Id<Response>? PreviousId, IReadOnlyList<Item> Items, bool HasSources);
