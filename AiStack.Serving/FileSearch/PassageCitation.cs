using System.Text.Json.Serialization;
using AiStack.Contracts.Search;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.FileSearch;

/// <summary>
/// A passage that an answer relies on and, where words of it can be quoted, those words. A quote is cut out of the
/// passage, so it is in it by construction: no engine can cite words that are not there.
/// </summary>
internal sealed class PassageCitation : CitationAnnotation
{
    private PassageCitation(Passage passage, int start, int end, string? quote, CitedAs? cited = null)
    {
        Cited = cited;
        Passage = passage;
        Start = start;
        End = end;
        Quote = quote;
        FileId = passage.FileId.ToString();
        Title = passage.Filename;
        ToolName = FileSearchTool.ToolName;
        Snippet = quote;
    }

    [JsonIgnore]
    public Passage Passage { get; }

    /// <summary>Where the quoted words begin in the file's extracted text, in UTF-16 code units.</summary>
    public int Start { get; }

    public int End { get; }

    /// <summary>The quoted words; null when only the passage as a whole is cited.</summary>
    public string? Quote { get; }

    /// <summary>How its words stand in the answer, where the engine knows; a model says only that it cites.</summary>
    [JsonIgnore]
    public CitedAs? Cited { get; }

    /// <summary>Cites the passage without quoting it.</summary>
    public static PassageCitation Whole(Passage passage) => new(passage, passage.Start, passage.End, null);

    /// <summary>The same citation behind words of which not all are shown as they were said.</summary>
    /// <param name="quote">Its words as they may be shown.</param>
    /// <param name="shownOf">
    /// How many code units are shown of so many that were said right before it; whether they are counted from the end
    /// of what stands in the place of others.
    /// </param>
    public PassageCitation Shown(string? quote, Func<int, bool, int> shownOf)
    {
        if (Cited is not { Length: > 0 } cited)
        {
            return new(Passage, Start, End, quote, Cited);
        }

        var length = shownOf(cited.Length, false);
        return new(Passage, Start, End, quote, cited with
        {
            Length = length,
            Best = cited.Best is { } best
                ? (length - shownOf(cited.Length - best.Start, false), length - shownOf(cited.Length - best.End, true))
                : null,
        });
    }

    /// <summary>Quotes the passage's text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static PassageCitation Quoting(Passage passage, int start, int end, CitedAs? cited = null) =>
        new(passage, passage.Start + start, passage.Start + end, passage.Text[start..end], cited);
}

/// <summary>How the words that a citation is of stand in the answer, right before it.</summary>
/// <param name="Part"><see cref="Answer"/> or <see cref="Also"/>.</param>
/// <param name="Document">The document's name as people say it.</param>
/// <param name="Section">The heading that the words stand under; null where there is none.</param>
/// <param name="Length">How many of the answer's UTF-16 code units they are.</param>
/// <param name="Best">Which of them answer, counted from the first.</param>
internal sealed record CitedAs(
    string Part, string Document, string? Section, int Length = 0, (int Start, int End)? Best = null)
{
    /// <summary>The words are quoted as the answer.</summary>
    public const string Answer = "answer";

    /// <summary>The title of another place that is about the same.</summary>
    public const string Also = "also";
}
