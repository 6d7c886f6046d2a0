using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Serving.Engines.OpenAi;
using AiStack.TextAnalysis;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What a model is shown of what was found: small passages, with what stands beside them.</summary>
public sealed class NumberedPassagesTests
{
    private const int Much = 10_000;

    /// <summary>A section of a file, in chunks that end with the words that the next begins with.</summary>
    private static readonly Section _leave = new(
        "Leave is asked for in March. The office decides.",
        "The office decides. Who is refused may ask again.",
        "Who is refused may ask again. Then the board decides.",
        "Children count twice. So do parents.");

    [Fact]
    public void A_passage_is_shown_in_its_section_with_nothing_twice()
    {
        var passages = new NumberedPassages();

        var shown = passages.Show(Search(_leave.Passage(1)), Much);

        Assert.Contains(
            "Leave is asked for in March. The office decides. Who is refused may ask again. Then the board decides.\n"
            + "Children count twice. So do parents.",
            shown,
            StringComparison.Ordinal);
        Assert.False(passages.Has(2));
    }

    [Fact]
    public void Passages_of_one_section_are_one_in_the_documents_order_where_the_best_would_be()
    {
        var other = new Section("Desks are booked by name.");
        var passages = new NumberedPassages();

        passages.Show(Search(_leave.Passage(2), other.Passage(0), _leave.Passage(0)), Much);

        Assert.Equal([0, 1, 2, 3], passages[1].Parts.Select(part => part.Ordinal));
        Assert.Equal(2, passages[1].Found.Ordinal);
        Assert.Equal("Desks are booked by name.", passages[2].Found.Text);
        Assert.False(passages.Has(3));
    }

    [Fact]
    public void What_was_found_comes_first_and_then_what_is_nearest_to_the_best()
    {
        var other = new Section("Desks are booked by name.", "Desks are cleaned on Fridays.");
        PassageSearchResponse found = Search(_leave.Passage(2), other.Passage(0));
        var alone = Search(_leave.Passage(2) with { Section = null }, other.Passage(0) with { Section = null });
        var room = Tokens.Count(new NumberedPassages().Show(alone, Much)) + 16;
        var passages = new NumberedPassages();

        passages.Show(found, room);

        Assert.Equal([1, 2], passages[1].Parts.Select(part => part.Ordinal));
        Assert.Single(passages[2].Parts);
    }

    [Fact]
    public void Whatever_the_room_is_it_is_kept()
    {
        var found = Search(_leave.Passage(2), new Section("Desks are booked.", "Desks are cleaned.").Passage(1));

        for (var room = 0; room < 250; room++)
        {
            var passages = new NumberedPassages();
            var shown = passages.Show(found, room);
            Assert.InRange(passages.Has(1) ? Tokens.Count(shown) : 0, 0, room);
        }
    }

    [Fact]
    public void Sections_of_other_headings_and_other_stores_stay_apart()
    {
        var next = _leave.Passage(3) with { Heading = "Leave > Children" };
        var elsewhere = _leave.Passage(1) with { VectorStoreId = Id<VectorStore>.New() };
        var passages = new NumberedPassages();

        passages.Show(
            Search(
                _leave.Passage(2) with { Section = [] },
                next with { Section = [] },
                elsewhere with { Section = [] }),
            Much);

        Assert.True(passages.Has(3));
    }

    [Fact]
    public void What_was_shown_keeps_its_number_when_it_is_found_again()
    {
        var passages = new NumberedPassages();
        passages.Show(Search(_leave.Passage(1)), Much);

        var again = passages.Show(Search(_leave.Passage(3)), Much);

        Assert.StartsWith("<passage number=\"1\"", again, StringComparison.Ordinal);
        Assert.Contains("Children count twice.", again, StringComparison.Ordinal);
        Assert.DoesNotContain("The office decides.", again, StringComparison.Ordinal);
        Assert.False(passages.Has(2));
    }

    [Theory]
    [InlineData("Then the board decides.", 2)]
    [InlineData("Leave is asked for in March.", 0)]
    [InlineData("Who is refused may ask again.", 1)]
    public void A_quote_is_cut_out_of_the_chunk_that_holds_it(string said, int ordinal)
    {
        var passages = new NumberedPassages();
        passages.Show(Search(_leave.Passage(1)), Much);

        var citation = QuoteFinder.Cite(passages[1], said);

        Assert.Equal((said, _leave.Passage(ordinal).ChunkId), (citation.Quote, citation.Passage.ChunkId));
        Assert.Equal(said, _leave.Text[citation.Start..citation.End]);
        Assert.True(passages.Support.IsFor(said));
    }

    [Fact]
    public void What_no_sentence_says_cites_the_passage_that_was_found()
    {
        var passages = new NumberedPassages();
        passages.Show(Search(_leave.Passage(1)), Much);

        var citation = QuoteFinder.Cite(passages[1], "Whistling is encouraged everywhere.");

        Assert.Equal((null, _leave.Passage(1).ChunkId), (citation.Quote, citation.Passage.ChunkId));
    }

    private static PassageSearchResponse Search(params Passage[] passages) => Found.Search(.9, passages);

    /// <summary>Chunks of one section, each where the words stand that it shares with the one before.</summary>
    private sealed class Section
    {
        private readonly List<SectionPart> _parts = [];
        private readonly Passage _any = Found.Passage("any");

        public Section(params string[] chunks)
        {
            foreach (var (ordinal, chunk) in chunks.Index())
            {
                var shared = Enumerable.Range(0, chunk.Length)
                    .Last(length => Text.EndsWith(chunk[..length], StringComparison.Ordinal));
                Text += shared > 0 || ordinal == 0 ? "" : "\n";
                var start = Text.Length - shared;
                Text += chunk[shared..];
                _parts.Add(new(Id<Chunk>.New(), ordinal, chunk, start, Text.Length, 3, TableHead: null));
            }
        }

        public string Text { get; private set; } = "";

        public Passage Passage(int ordinal)
        {
            var own = _parts[ordinal];
            return _any with
            {
                ChunkId = own.ChunkId,
                Ordinal = ordinal,
                Text = own.Text,
                Start = own.Start,
                End = own.End,
                Sentences = null,
                Section = [.. _parts.Where(part => part != own)],
            };
        }
    }
}
