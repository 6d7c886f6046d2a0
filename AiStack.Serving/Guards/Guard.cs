using AiStack.TextAnalysis.Recognisers;

namespace AiStack.Serving.Guards;

/// <summary>Something that looks at a text.</summary>
/// <param name="Name">One of <see cref="GuardNames"/>.</param>
/// <param name="Find">What it finds, by the text and the project's phrases; apart and in their order.</param>
internal sealed record Guard(string Name, Func<string, Phrases, List<Finding>> Find)
{
    /// <summary>Those that there are. Size is no matter of a text alone.</summary>
    public static IReadOnlyList<Guard> All { get; } =
    [
        new(GuardNames.Pii, (text, _) => PersonalDetails.Find(text)),
        new(GuardNames.Secrets, (text, _) => Secrets.Find(text)),
        new(GuardNames.Injection, (text, _) => Injections.Find(text)),
        new(GuardNames.Topics, (text, phrases) => phrases.Find(text)),
    ];
}
