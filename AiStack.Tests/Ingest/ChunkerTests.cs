using AiStack.Ingest.Chunking;
using AiStack.Ingest.Parsing;
using AiStack.TextAnalysis;
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
            return text.Length > 0 && chunk.TokenCount <= given.Max && Tokens.Count(text) <= given.Max
                && text == text.Trim();
        }));

    [Fact]
    public void Chunks_go_forward_and_overlap_no_more_than_asked() => _cases.Sample(given =>
        Cut(given).Zip(Cut(given).Skip(1)).All(pair =>
            pair.Second.Start > pair.First.Start && pair.Second.End > pair.First.End
            && Tokens.Count(given.Document.Text.AsSpan()[
                Math.Min(pair.Second.Start, pair.First.End)..pair.First.End]) <= given.Overlap));

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

    [Fact]
    public void A_chunk_that_begins_in_a_table_has_its_head_and_whole_rows()
    {
        var rows = string.Join('\n', Enumerable.Range(1, 200).Select(i => $"Model {i} | {i * 10} kg | {i} h"));
        var text = $"Our models:\n\nProduct | Payload | Charging\n{rows}\n\nAll prices without tax.";

        var chunks = new Chunker(100, 50).Cut(Document(text, [])).ToList();

        Assert.True(chunks.Count > 10);
        var inTable = chunks.Where(chunk => chunk.In(text).StartsWith("Model", StringComparison.Ordinal)).ToList();
        Assert.All(inTable, chunk => Assert.Equal("Product | Payload | Charging", chunk.TableHead));
        Assert.All(inTable, chunk => Assert.All(
            chunk.In(text).Split('\n').Where(line => line.StartsWith("Model", StringComparison.Ordinal)),
            row => Assert.EndsWith(" h", row, StringComparison.Ordinal)));
        Assert.All(
            chunks.Where(chunk => chunk.In(text).StartsWith("All", StringComparison.Ordinal)),
            chunk => Assert.Null(chunk.TableHead));
    }

    [Fact]
    public void Chinese_is_cut_after_sentences_and_not_inside_numbers()
    {
        var text = string.Concat(Enumerable.Range(1_000, 200).Select(i => $"第{i}条规定员工享有{i}.50元补贴。"));

        var chunks = new Chunker(100, 20).Cut(Document(text, [])).ToList();

        Assert.All(chunks, chunk => Assert.EndsWith("。", chunk.In(text), StringComparison.Ordinal));
        Assert.All(chunks, chunk => Assert.StartsWith("第", chunk.In(text), StringComparison.Ordinal));
        Assert.All(chunks, chunk => Assert.Equal("zh", chunk.Language));

        var endless = string.Concat(Enumerable.Range(100_000, 300).Select(i => $"编号{i}"));
        Assert.All(
            new Chunker(100, 0).Cut(Document(endless, [])),
            chunk => Assert.Matches("^(编号)?([0-9]{6}编号)*([0-9]{6})?$", chunk.In(endless)));
    }

    private static List<TextChunk> Cut((ParsedDocument Document, int Max, int Overlap) given) =>
        [.. new Chunker(given.Max, given.Overlap).Cut(given.Document)];

    private static List<Anchor> Anchors(string text, int[] starts) =>
        [.. starts.Distinct().Order().Where(start => start < text.Length && !char.IsLowSurrogate(text[start]))
            .Select((start, i) => new Anchor(start, (i / 2) + 1, i % 3 == 0 ? null : $"Section {i}"))];

    private static ParsedDocument Document(string text, IReadOnlyList<Anchor> anchors) =>
        new(text, anchors, new ReportBuilder("text 1").Build());
}
