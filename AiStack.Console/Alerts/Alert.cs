namespace AiStack.Console.Alerts;

/// <summary>Something that somebody should look at, as a rule found it.</summary>
/// <param name="Rule">The rule's name in metrics and logs, from a small closed set.</param>
/// <param name="Subject">What it is about, where a rule can find several: a queue, a layer.</param>
/// <param name="Detail">What was measured, and the limit.</param>
/// <param name="Href">Where to look.</param>
internal sealed record AlertFinding(string Rule, string Subject, string Title, string Detail, string Href);

/// <summary>A finding that stands.</summary>
/// <param name="Since">When it was found first.</param>
public sealed record Alert(string Rule, string Subject, string Title, string Detail, string Href, DateTimeOffset Since);
