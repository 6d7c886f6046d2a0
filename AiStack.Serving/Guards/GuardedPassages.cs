using AiStack.Contracts.Search;
using AiStack.TextAnalysis.Recognisers;

namespace AiStack.Serving.Guards;

/// <summary>
/// What a search found, as the guards let it pass. A passage's text keeps its length, so that citations and sentences
/// still point at their places in the file.
/// </summary>
internal static class GuardedPassages
{
    public static PassageSearchResponse Pass(PassageSearchResponse found, RequestGuards guards) =>
        guards.Strongest(GuardPlace.Passages) == GuardAction.Off
            ? found
            : found with { Results = [.. found.Results.Select(passage => Pass(passage, guards))] };

    private static Passage Pass(Passage passage, RequestGuards guards)
    {
        var text = guards.Pass(passage.Text, GuardPlace.Passages, inPlace: true);
        var head = passage.TableHead is null ? null : guards.Pass(passage.TableHead, GuardPlace.Passages);
        var heading = passage.Heading is null ? null : guards.Pass(passage.Heading, GuardPlace.Passages);
        var filename = guards.Pass(passage.Filename, GuardPlace.Passages);
        return passage with
        {
            Text = text,
            TableHead = head,
            Heading = heading,
            Filename = filename,
            Section = passage.Section?.Select(part => Pass(part, guards)).ToList(),
            Sentences = ReferenceEquals(text, passage.Text) ? passage.Sentences
                : passage.Sentences?.Where(sentence => !IsRemoved(text, sentence)).ToList(),
        };
    }

    // What stands beside a passage is read by models as well.
    private static SectionPart Pass(SectionPart part, RequestGuards guards) => part with
    {
        Text = guards.Pass(part.Text, GuardPlace.Passages, inPlace: true),
        TableHead = part.TableHead is null ? null : guards.Pass(part.TableHead, GuardPlace.Passages),
    };

    /// <summary>Whether nothing is left of a sentence but what stands in its place.</summary>
    private static bool IsRemoved(string text, SentenceEvidence sentence) =>
        text.AsSpan()[sentence.Start..sentence.End].Trim() is var left
        && (left.IsEmpty || left.SequenceEqual(Placeholders.For(Caught.Removed)));
}
