using System.Text.RegularExpressions;
using AiStack.Contracts.Search;

namespace AiStack.Serving.Engines.Extractive;

internal enum BlockKind
{
    Heading,
    Paragraph,

    /// <summary>An item of a list, with the lines that continue it.</summary>
    Item,
    Table,

    /// <summary>Names and values: a row of a CSV, an object of a JSON.</summary>
    Record,
}

/// <summary>What belongs together in a passage: from <paramref name="Start"/> to <paramref name="End"/>.</summary>
/// <param name="FollowsLine">True when no empty line parts it from the block before.</param>
internal readonly record struct Block(BlockKind Kind, int Start, int End, bool FollowsLine);

/// <summary>
/// How a passage is laid out: its headings, paragraphs, lists, tables and records. It is read from the text, in which
/// Ingest parts paragraphs by empty lines, gives headings a line of their own and rows their bars.
/// </summary>
internal sealed partial class Layout
{
    /// <summary>A heading is a line; what is longer is a paragraph.</summary>
    private const int LongestHeading = 100;

    private readonly Passage _passage;

    private Layout(Passage passage, IReadOnlyList<Block> blocks) => (_passage, Blocks) = (passage, blocks);

    public IReadOnlyList<Block> Blocks { get; }

    public static Layout Of(Passage passage)
    {
        var text = passage.Text;
        var groups = Paragraphs().EnumerateMatches(text);
        List<(int Start, int End)> ranges = [];
        foreach (var group in groups)
        {
            ranges.Add((group.Index, group.Index + text.AsSpan(group.Index, group.Length).TrimEnd().Length));
        }

        List<Block> blocks = [];
        for (var i = 0; i < ranges.Count; i++)
        {
            var (start, end) = ranges[i];
            var next = i + 1 < ranges.Count ? text[ranges[i + 1].Start..ranges[i + 1].End] : null;
            if (ranges.Count > 1 && IsHeading(text[start..end], next, passage))
            {
                blocks.Add(new(BlockKind.Heading, start, end, FollowsLine: false));
            }
            else
            {
                blocks.AddRange(BlocksOf(text, start, end));
            }
        }

        return new(passage, blocks);
    }

    /// <summary>Where the words of an item begin, behind its mark.</summary>
    public int WordsOf(Block item)
    {
        foreach (var mark in Item().EnumerateMatches(_passage.Text.AsSpan(item.Start, item.End - item.Start)))
        {
            return item.Start + mark.Length;
        }

        return item.Start;
    }

    /// <summary>Whether a block is a task with a box: in such a list one thing stands beside another.</summary>
    public bool IsTickedOff(int i) =>
        Blocks[i] is { Kind: BlockKind.Item } item
        && Box().IsMatch(_passage.Text.AsSpan(item.Start, item.End - item.Start));

    /// <summary>The number of the block in which a place is; that of the one before, between two.</summary>
    public int At(int position)
    {
        var found = 0;
        for (var i = 0; i < Blocks.Count && Blocks[i].Start <= position; i++)
        {
            found = i;
        }

        return found;
    }

    /// <summary>The blocks of the section that block <paramref name="i"/> is in, its heading left out.</summary>
    public Range SectionOf(int i)
    {
        var first = i;
        while (first > 0 && Blocks[first - 1].Kind != BlockKind.Heading && Blocks[first].Kind != BlockKind.Heading)
        {
            first--;
        }

        first = Blocks[first].Kind == BlockKind.Heading ? first + 1 : first;
        var last = Math.Max(i, first);
        while (last < Blocks.Count && Blocks[last].Kind != BlockKind.Heading)
        {
            last++;
        }

        return Math.Min(first, last)..last;
    }

    /// <summary>The heading right above a section; null when there is none.</summary>
    public string? HeadingOf(Range section)
    {
        var first = section.Start.Value;
        return first > 0 && Blocks[first - 1] is { Kind: BlockKind.Heading } heading
            ? _passage.Text[heading.Start..heading.End].TrimStart('#', ' ')
            : _passage.Heading?.Split(" > ")[^1];
    }

    private static IEnumerable<Block> BlocksOf(string text, int start, int end)
    {
        var lines = LinesOf(text, start, end);
        if (lines.TrueForAll(line => RecordLine().IsMatch(text[line.Start..line.End]))
            && (lines.Count > 1 || ColumnMarks().Count(text[start..end]) > 1))
        {
            yield return new(BlockKind.Record, start, end, false);
            yield break;
        }

        var kinds = lines.ConvertAll(line => KindOf(text.AsSpan(line.Start, line.End - line.Start)));
        for (var i = 0; i < lines.Count;)
        {
            var kind = kinds[i];
            var last = i;
            while (last + 1 < lines.Count && (kinds[last + 1], kind) is
                (BlockKind.Paragraph, BlockKind.Paragraph or BlockKind.Item) or (BlockKind.Table, BlockKind.Table))
            {
                last++;
            }

            yield return new(kind, lines[i].Start, lines[last].End, FollowsLine: i > 0);
            i = last + 1;
        }
    }

    private static List<(int Start, int End)> LinesOf(string text, int start, int end)
    {
        List<(int, int)> lines = [];
        foreach (var line in Line().EnumerateMatches(text.AsSpan(start, end - start)))
        {
            lines.Add((start + line.Index, start + line.Index + line.Length));
        }

        return lines;
    }

    private static BlockKind KindOf(ReadOnlySpan<char> line) =>
        TableRow.IsOne(line) ? BlockKind.Table
        : Item().IsMatch(line) ? BlockKind.Item
        : BlockKind.Paragraph;

    private static bool IsHeading(string paragraph, string? next, Passage passage)
    {
        if (paragraph.Contains('\n', StringComparison.Ordinal) || paragraph.Length > LongestHeading
            || TableRow.IsOne(paragraph) || PageNumber().IsMatch(paragraph))
        {
            return false;
        }

        var line = paragraph.TrimStart('#', ' ');
        return line == passage.Heading?.Split(" > ")[^1]
            || (HeadingLine().IsMatch(paragraph) && !RecordLine().IsMatch(paragraph)
                && !(Item().IsMatch(paragraph) && (next is null || Item().IsMatch(next))));
    }

    [GeneratedRegex(@"[^\s](?:[^\n]|\n(?![^\S\n]*\n))*")]
    private static partial Regex Paragraphs();

    [GeneratedRegex(@"[^\s\n][^\n]*")]
    private static partial Regex Line();

    /// <summary>The mark before an item, up to its first word.</summary>
    [GeneratedRegex(@"^\s*(?:[-*+•–]|\d{1,3}[.)]|\(?[a-z]\)|(?:[-*+]\s+)?(?:\[[ xX]\]|[☐☑☒]))\s+(?=\S)")]
    private static partial Regex Item();

    [GeneratedRegex(@"^\s*(?:[-*+]\s+)?(?:\[[ xX]\]|[☐☑☒])\s")]
    private static partial Regex Box();

    [GeneratedRegex(@"^(?:#{1,6} |§|\d|[A-ZÄÖÜÅÆØ]|\p{Lo}).*[^\s.:;,!…]$")]
    private static partial Regex HeadingLine();

    /// <summary>What stands at the foot of a page.</summary>
    [GeneratedRegex(@"(?:\d+\s*/\s*\d+|(?:page|seite|p\.)\s*\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex PageNumber();

    [GeneratedRegex(@"^[\p{L}\p{N}_.\[\]/ -]{1,60}: \S")]
    private static partial Regex RecordLine();

    [GeneratedRegex(@"; [\p{L}\p{N}_ ]{1,60}: ")]
    private static partial Regex ColumnMarks();
}
