using AiStack.Ingest.Chunking;
using AiStack.Ingest.Parsing;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Ingest;

public sealed class ChunkerTests
{
    private static readonly Gen<string> _word = Gen.Frequency(
        (8, Gen.String[Gen.Char['a', 'z'], 1, 12]),
        (1, Gen.Const("😀")),
        (1, Gen.Const("日本語。")),
        (1, Gen.String[Gen.Char['a', 'z'], 80, 300]));

    private static readonly Gen<string> _between = Gen.OneOfConst(" ", " ", " ", ". ", "? ", "\n", "\n\n", ".\n\n");

    private static readonly Gen<string> _text =
        Gen.Select(_word, _between).Select((word, between) => word + between).Array[0, 400].Select(string.Concat);

    /// <summary>Texts with sections that begin anywhere, and settings that are allowed.</summary>
    private static readonly Gen<(ParsedDocument Document, int Max, int Overlap)> _cases =
        from text in _text
        from starts in Gen.Int[0, Math.Max(text.Length - 1, 0)].Array[0, 8]
        from max in Gen.Int[16, 200]
        from overlap in Gen.Int[0, 100].Select(overlap => Math.Min(overlap, max / 2))
        select (Document(text, Anchors(text, starts)), max, overlap);

    [Fact]
    public void Chunks_cover_all_that_is_not_white_space() => _cases.Sample(given =>
    {
        var covered = new bool[given.Document.Text.Length];
        foreach (var chunk in Cut(given))
        {
            Array.Fill(covered, true, chunk.Start, chunk.End - chunk.Start);
        }

        return given.Document.Text.Index().All(at => covered[at.Index] || char.IsWhiteSpace(at.Item));
    });

    [Fact]
    public void No_chunk_is_empty_longer_than_the_limit_or_white_at_its_ends() => _cases.Sample(given =>
        Cut(given).All(chunk =>
        {
            var text = chunk.In(given.Document.Text);
            return text.Length > 0 && chunk.TokenCount <= given.Max
                && text.Length <= given.Max * Tokens.CharactersPerToken && text == text.Trim();
        }));

    [Fact]
    public void Chunks_go_forward_and_overlap_no_more_than_asked() => _cases.Sample(given =>
        Cut(given).Zip(Cut(given).Skip(1)).All(pair =>
            pair.Second.Start > pair.First.Start && pair.Second.End > pair.First.End
            && pair.First.End - pair.Second.Start <= given.Overlap * Tokens.CharactersPerToken));

    [Fact]
    public void Overlap_repeats_a_bounded_share_of_the_text() => _cases.Sample(given =>
        Cut(given).Sum(chunk => chunk.End - chunk.Start) <= (4 * given.Document.Text.Length) + (given.Max * 4));

    [Fact]
    public void The_same_text_and_settings_give_the_same_chunks() => _cases.Sample(given =>
        Cut(given).SequenceEqual(Cut(given)));

    [Fact]
    public void No_chunk_begins_or_ends_in_the_middle_of_a_character() => _cases.Sample(given =>
        Cut(given).All(chunk =>
            !char.IsLowSurrogate(given.Document.Text[chunk.Start])
            && !char.IsHighSurrogate(given.Document.Text[chunk.End - 1])));

    [Fact]
    public void A_chunk_has_the_page_and_heading_of_its_first_character() => _cases.Sample(given =>
        Cut(given).All(chunk =>
        {
            var anchor = given.Document.Anchors.LastOrDefault(anchor => anchor.Start <= chunk.Start);
            return chunk.Page == anchor?.Page && chunk.Heading == anchor?.Heading;
        }));

    [Fact]
    public void Sentences_are_repeated_whole_when_chunks_overlap()
    {
        var text = string.Join(' ', Enumerable.Range(1, 40).Select(n => $"Sentence number {n} is about something."));

        var chunks = new Chunker(100, 30).Cut(Document(text, [])).ToList();

        Assert.True(chunks.Count > 3);
        Assert.All(chunks, chunk => Assert.StartsWith("Sentence", chunk.In(text), StringComparison.Ordinal));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.True(pair.Second.Start < pair.First.End));
    }

    [Fact]
    public void A_section_begins_a_chunk_unless_what_comes_before_it_is_too_short()
    {
        var section = string.Concat(Enumerable.Repeat("About leave. ", 20));
        var text = $"Leave\n\n{section}\n\nTravel\n\n{section}";
        var travel = text.IndexOf("Travel", StringComparison.Ordinal);

        var document = Document(text, [new(0, null, "Leave"), new(travel, null, "Travel")]);
        var chunks = new Chunker(200, 50).Cut(document).ToList();

        Assert.Equal([0, travel], chunks.Select(chunk => chunk.Start));
        Assert.Equal(["Leave", "Travel"], chunks.Select(chunk => chunk.Heading));
    }

    private static List<TextChunk> Cut((ParsedDocument Document, int Max, int Overlap) given) =>
        [.. new Chunker(given.Max, given.Overlap).Cut(given.Document)];

    private static List<Anchor> Anchors(string text, int[] starts) =>
        [.. starts.Distinct().Order().Where(start => start < text.Length && !char.IsLowSurrogate(text[start]))
            .Select((start, i) => new Anchor(start, (i / 2) + 1, i % 3 == 0 ? null : $"Section {i}"))];

    private static ParsedDocument Document(string text, IReadOnlyList<Anchor> anchors) =>
        new(text, anchors, new ReportBuilder("text 1").Build());
}
