using AiStack.Contracts.Search;

namespace AiStack.Serving.FileSearch;

/// <summary>What a search found, with what stands beside it, as passages that can be cited.</summary>
internal static class PassageParts
{
    /// <summary>Every passage of a search, and then all that stands beside them.</summary>
    public static IEnumerable<Passage> In(PassageSearchResponse found) => found.Results.Concat(
        found.Results.SelectMany(passage => (passage.Section ?? []).Select(part => Of(passage, part))));

    /// <summary>A chunk that stands beside a passage, as a passage of its own.</summary>
    public static Passage Of(Passage passage, SectionPart part) => passage with
    {
        ChunkId = part.ChunkId,
        Ordinal = part.Ordinal,
        Text = part.Text,
        Start = part.Start,
        End = part.End,
        Page = part.Page,
        TableHead = part.TableHead,
        Sentences = null,
        Section = null,
        AlsoIn = [],
    };
}
