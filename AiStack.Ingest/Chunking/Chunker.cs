using AiStack.Ingest.Parsing;

namespace AiStack.Ingest.Chunking;

/// <summary>
/// Cuts a text into chunks no longer than a limit, each beginning where the one before ended, or a little earlier when
/// chunks overlap. It cuts where the text does: before a heading, else between paragraphs, lines, sentences, words. The
/// same text and settings give the same chunks.
/// </summary>
internal sealed class Chunker(int maxTokens, int overlapTokens)
{
    /// <summary>A section shorter than this share of a chunk is kept together with the next.</summary>
    private const int SmallSection = 8;

    private readonly int _max = maxTokens * Tokens.CharactersPerToken;
    private readonly int _overlap = Math.Min(overlapTokens, maxTokens / 2) * Tokens.CharactersPerToken;

    public IEnumerable<TextChunk> Cut(ParsedDocument document)
    {
        var text = document.Text;
        var anchors = new AnchorReader(document.Anchors);
        var start = SkipSpace(text, 0);
        while (start < text.Length)
        {
            var (end, atHeading) = FindEnd(text, start, document.Anchors);
            var trimmed = TrimEnd(text, start, end);
            var anchor = anchors.At(start);
            yield return new(start, trimmed, Tokens.Count(trimmed - start), anchor?.Page, anchor?.Heading);

            var next = SkipSpace(text, end);
            start = atHeading || next >= text.Length ? next : Math.Max(OverlapStart(text, start, next), start + 1);
        }
    }

    private (int End, bool AtHeading) FindEnd(string text, int start, IReadOnlyList<Anchor> anchors)
    {
        var limit = Math.Min(start + _max, text.Length);
        var heading = NextHeading(anchors, start + (_max / SmallSection), limit);
        if (heading is not null)
        {
            return (heading.Value, true);
        }

        if (limit == text.Length)
        {
            return (limit, false);
        }

        // Not in the first half, or a long paragraph after a short one would make a chunk of nothing.
        var half = start + (_max / 2);
        var end = LastAfter(text, half, limit, "\n\n") ?? LastAfter(text, half, limit, "\n")
            ?? LastSentence(text, half, limit) ?? LastSpace(text, half, limit) ?? limit;
        return (char.IsLowSurrogate(text[end]) && end > start + 1 ? end - 1 : end, false);
    }

    /// <summary>
    /// The first section that begins late enough for what comes before it to be a chunk, and early enough to end it.
    /// </summary>
    private static int? NextHeading(IReadOnlyList<Anchor> anchors, int from, int limit)
    {
        var (low, high) = (0, anchors.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = anchors[middle].Start < from ? (middle + 1, high) : (low, middle);
        }

        for (; low < anchors.Count && anchors[low].Start < limit; low++)
        {
            if (anchors[low].Heading != (low == 0 ? null : anchors[low - 1].Heading))
            {
                return anchors[low].Start;
            }
        }

        return null;
    }

    /// <summary>Where the overlap with the next chunk begins: at a sentence if there is one, else at a word.</summary>
    private int OverlapStart(string text, int start, int next)
    {
        if (_overlap == 0)
        {
            return next;
        }

        var from = Math.Max(next - _overlap, start + 1);
        for (var i = from; i < next; i++)
        {
            if (EndsSentence(text, i))
            {
                return SkipSpace(text, i);
            }
        }

        var space = text.IndexOf(' ', from, next - from);
        return space < 0 ? next : SkipSpace(text, space);
    }

    private static int? LastAfter(string text, int from, int limit, string separator)
    {
        var found = text.LastIndexOf(separator, limit - 1, limit - from, StringComparison.Ordinal);
        return found < 0 ? null : found + separator.Length;
    }

    private static int? LastSentence(string text, int from, int limit)
    {
        for (var i = limit; i > from; i--)
        {
            if (EndsSentence(text, i))
            {
                return i;
            }
        }

        return null;
    }

    private static int? LastSpace(string text, int from, int limit)
    {
        for (var i = limit; i > from; i--)
        {
            if (char.IsWhiteSpace(text[i - 1]))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>True when a sentence ends just before <paramref name="i"/>: its mark, and then white space.</summary>
    private static bool EndsSentence(string text, int i) =>
        i > 0 && i < text.Length && text[i - 1] is ('.' or '!' or '?') && char.IsWhiteSpace(text[i]);

    private static int SkipSpace(string text, int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i;
    }

    private static int TrimEnd(string text, int start, int end)
    {
        while (end > start + 1 && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Finds the page and section of ever later places.</summary>
    private sealed class AnchorReader(IReadOnlyList<Anchor> anchors)
    {
        private int _next;

        public Anchor? At(int position)
        {
            // Overlap may step back over an anchor.
            while (_next > 0 && anchors[_next - 1].Start > position)
            {
                _next--;
            }

            while (_next < anchors.Count && anchors[_next].Start <= position)
            {
                _next++;
            }

            return _next == 0 ? null : anchors[_next - 1];
        }
    }
}
