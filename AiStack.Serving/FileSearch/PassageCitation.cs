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
    private PassageCitation(Passage passage, int start, int end, string? quote)
    {
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

    /// <summary>Cites the passage without quoting it.</summary>
    public static PassageCitation Whole(Passage passage) => new(passage, passage.Start, passage.End, null);

    /// <summary>Quotes the passage's text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static PassageCitation Quoting(Passage passage, int start, int end) =>
        new(passage, passage.Start + start, passage.Start + end, passage.Text[start..end]);
}
