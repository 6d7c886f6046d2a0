using AiStack.Contracts;
using AiStack.Contracts.Search;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>Cuts excerpts out of passages.</summary>
internal sealed class ExcerptReader(IReadOnlyList<Candidate> ranked)
{
    /// <summary>
    /// A section up to this long is quoted whole, and else a paragraph or a table; of a longer paragraph, what is
    /// around the sentence, of a longer table the row.
    /// </summary>
    private const int QuotedWhole = 600;

    /// <summary>The least odds, of the best one's, of a further row, item or paragraph of the same section.</summary>
    private const double FurtherOdds = 0.5;
    private const int MostFurther = 4;

    /// <summary>An item to tick off that has this share of the question's words is all that is asked for.</summary>
    private const double ItemAlone = 0.5;

    private readonly Dictionary<Id<Chunk>, Layout> _layouts = [];

    /// <summary>The excerpt around a sentence; null when it is a heading with nothing below it.</summary>
    public Excerpt? Read(Candidate candidate)
    {
        var sentence = Whole(candidate.Sentence);
        var layout = LayoutOf(sentence.Passage);
        if (layout.Blocks.Count == 0)
        {
            return null;
        }

        var section = layout.SectionOf(layout.At(sentence.Start));
        if (candidate.Fit.Own >= ItemAlone && layout.IsTickedOff(layout.At(sentence.Start)))
        {
            section = layout.At(sentence.Start)..(layout.At(sentence.Start) + 1);
        }

        if (layout.Blocks[layout.At(sentence.Start)].Kind == BlockKind.Heading)
        {
            if (Best(sentence.Passage, layout, section) is not { } below)
            {
                return null;
            }

            sentence = below;
        }

        var blocks = layout.Blocks.Take(section).ToList();
        var place = (
            sentence.Passage.Start + blocks[0].Start,
            sentence.Passage.Start + blocks[^1].End);
        return new(sentence.Passage, layout.HeadingOf(section), [.. Quotes(sentence, layout, section)], place);
    }

    /// <summary>
    /// The same sentence where more of its surroundings is: passages overlap, and one may begin in the middle of a
    /// paragraph that another has whole.
    /// </summary>
    private QuotedSentence Whole(QuotedSentence sentence)
    {
        var passage = sentence.Passage;
        if (passage.Start == 0 || LayoutOf(passage).At(sentence.Start) != 0)
        {
            return sentence;
        }

        var (start, end) = (passage.Start + sentence.Start, passage.Start + sentence.End);
        return ranked.Select(other => other.Sentence)
            .Where(other => other.Passage.FileId == passage.FileId && other.Passage.Start < passage.Start)
            .FirstOrDefault(other => other.Passage.Start + other.Start == start
                && other.Passage.Start + other.End == end) ?? sentence;
    }

    private Layout LayoutOf(Passage passage) => _layouts.TryGetValue(passage.ChunkId, out var layout)
        ? layout
        : _layouts[passage.ChunkId] = Layout.Of(passage);

    private QuotedSentence? Best(Passage passage, Layout layout, Range section) =>
        InRanks(passage, layout, section).Select(other => other.Sentence).FirstOrDefault();

    /// <summary>The other sentences of a section, best first.</summary>
    private IEnumerable<Candidate> InRanks(Passage passage, Layout layout, Range section) => ranked
        .Where(other => other.Sentence.Passage == passage)
        .Where(other => layout.At(other.Sentence.Start) is var at
            && at >= section.Start.Value && at < section.End.Value);

    private IEnumerable<Quote> Quotes(QuotedSentence sentence, Layout layout, Range section)
    {
        var at = layout.At(sentence.Start);
        var block = layout.Blocks[at];
        if (section.End.Value - section.Start.Value == 1 && layout.IsTickedOff(at))
        {
            return [Quote.Of(sentence.Passage, layout.WordsOf(block), block.End, sentence)];
        }

        var (start, end) = (layout.Blocks[section.Start.Value].Start, layout.Blocks[section.End.Value - 1].End);
        if (block.Kind != BlockKind.Record && end - start <= QuotedWhole)
        {
            return [Quote.Of(sentence.Passage, start, end, sentence, HeadAbove(sentence.Passage, layout, section))];
        }

        return block.Kind switch
        {
            BlockKind.Table when block.End - block.Start <= QuotedWhole =>
                [WholeTable(sentence, layout, at)],
            BlockKind.Table => Rows(sentence, layout, at),
            BlockKind.Item => BlockQuotes.Items(sentence, layout, at),
            BlockKind.Record => [BlockQuotes.Part(sentence, block, BlockQuotes.LongList)],
            _ => Paragraph(sentence, layout, at, section),
        };
    }

    private IEnumerable<Quote> Paragraph(QuotedSentence sentence, Layout layout, int at, Range section)
    {
        var block = layout.Blocks[at];
        if (BlockQuotes.LeadsIn(sentence.Passage, block) && at + 1 < section.End.Value
            && layout.Blocks[at + 1].Kind is BlockKind.Item or BlockKind.Table)
        {
            var end = BlockQuotes.EndOfList(sentence.Passage, layout, at + 1, section);
            return [Quote.Of(sentence.Passage, block.Start, end, sentence)];
        }

        // A second paragraph that answers about as well belongs to the answer.
        var own = BlockQuotes.Part(sentence, block, QuotedWhole);
        var further = Further(sentence, layout, section)
            .FirstOrDefault(other => layout.At(other.Start) != at
                && layout.Blocks[layout.At(other.Start)].Kind == BlockKind.Paragraph);
        if (further is null)
        {
            return [own];
        }

        var other = layout.Blocks[layout.At(further.Start)];
        return new[] { own, BlockQuotes.Part(further, other, BlockQuotes.AroundSentence) }
            .OrderBy(quote => quote.Start);
    }

    private IEnumerable<Quote> Rows(QuotedSentence sentence, Layout layout, int at)
    {
        var passage = sentence.Passage;
        var whole = sentence.WithRows();
        var start = at > 0 && BlockQuotes.LeadsIn(passage, layout.Blocks[at - 1]) ? layout.Blocks[at - 1].Start : -1;
        if (whole.End > sentence.End)
        {
            return [Quote.Of(passage, start < 0 ? whole.Start : start, whole.End, null)];
        }

        var block = layout.Blocks[at];
        var rows = Further(sentence, layout, at..(at + 1)).Where(row => row.Head is not null)
            .Append(sentence).OrderBy(row => row.Start).ToList();
        var quotes = rows.Select((row, i) => Quote.Of(
            passage,
            BlockQuotes.LineStart(passage, row.Start, block.Start),
            BlockQuotes.LineEnd(passage, row.End),
            row == sentence ? row : null,
            i == 0 ? row.Head : null));
        return start < 0 ? quotes : quotes.Prepend(Quote.Of(passage, start, layout.Blocks[at - 1].End, null));
    }

    /// <summary>A small table, with the line that leads in to it.</summary>
    private static Quote WholeTable(QuotedSentence sentence, Layout layout, int at)
    {
        var (passage, block) = (sentence.Passage, layout.Blocks[at]);
        var leads = at > 0 && BlockQuotes.LeadsIn(passage, layout.Blocks[at - 1]);
        return Quote.Of(
            passage, leads ? layout.Blocks[at - 1].Start : block.Start, block.End, sentence,
            leads ? null : HeadAbove(passage, layout, at..(at + 1)));
    }

    /// <summary>The names of the columns, where blocks begin with rows whose head is not among them.</summary>
    private static string? HeadAbove(Passage passage, Layout layout, Range blocks)
    {
        var first = layout.Blocks[blocks.Start.Value];
        var end = BlockQuotes.LineEnd(passage, first.Start);
        return first.Kind == BlockKind.Table ? TableRow.HeadOf(passage, first.Start, Math.Min(end, first.End)) : null;
    }

    /// <summary>Sentences of the section that answer about as well as the best one.</summary>
    private IEnumerable<QuotedSentence> Further(QuotedSentence sentence, Layout layout, Range section)
    {
        var inSection = InRanks(sentence.Passage, layout, section).ToList();
        var best = inSection.Find(other => other.Sentence == sentence);
        return best is null ? [] : inSection
            .Where(other => other != best && Math.Exp(other.Score - best.Score) >= FurtherOdds)
            .Take(MostFurther)
            .Select(other => other.Sentence);
    }
}
