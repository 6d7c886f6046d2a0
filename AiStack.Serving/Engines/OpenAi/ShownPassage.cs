using System.Text;
using AiStack.Contracts.Search;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>What a model reads under one number: a passage that was found, with what of its section fits beside it.
/// </summary>
/// <param name="Found">The best of those that were found.</param>
/// <param name="Parts">Chunks of one section, one after the other, <paramref name="Found"/> among them.</param>
internal sealed record ShownPassage(Passage Found, IReadOnlyList<Passage> Parts)
{
    public string Format(int number) =>
        $"""
        <passage number="{number}" file="{Inside(Found.Filename)}" heading="{Inside(Found.Heading ?? "")}">
        {Harmless(Text())}
        </passage>

        """;

    /// <summary>The parts as one text, below the head of their table; what they share stands there once.</summary>
    private string Text()
    {
        var text = new StringBuilder(Parts[0].WholeText);
        foreach (var (before, part) in Parts.Zip(Parts.Skip(1)))
        {
            var shared = Math.Clamp(before.End - part.Start, 0, part.Text.Length);
            text.Append(shared > 0 ? "" : "\n").Append(part.Text, shared, part.Text.Length - shared);
        }

        return text.ToString();
    }

    // A document must not be able to close its passage and go on as the user or the system.
    private static string Harmless(string text) =>
        text.Replace("<passage", "‹passage", StringComparison.OrdinalIgnoreCase)
            .Replace("</passage", "‹/passage", StringComparison.OrdinalIgnoreCase);

    private static string Inside(string value) =>
        Harmless(value).Replace('"', '\'').ReplaceLineEndings(" ");
}
