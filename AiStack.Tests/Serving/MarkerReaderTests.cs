using AiStack.Serving.Engines.OpenAi;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Serving;

public sealed class MarkerReaderTests
{
    private static readonly Gen<string> _text = Gen.Char["ab .[]【】0123456789,;\n"].Array[0, 60].Select(
        chars => new string(chars));

    [Theory]
    [InlineData("It is 27 days [1].", "It is 27 days.", new[] { 1 })]
    [InlineData("Both [1][3] say so", "Both say so", new[] { 1, 3 })]
    [InlineData("Both [1, 3] say so", "Both say so", new[] { 1, 3 })]
    [InlineData("Both【2】", "Both", new[] { 2 })]
    [InlineData("See array[99] and [x] and []", "See array[99] and [x] and []", new int[0])]
    [InlineData("An open [1", "An open [1", new int[0])]
    public void Marks_of_passages_are_taken_out_and_all_else_stays(string said, string shown, int[] cited)
    {
        var pieces = Read([said]);

        Assert.Equal(shown, string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal(cited, pieces.SelectMany(piece => piece.Numbers));
    }

    [Fact]
    public void How_the_stream_is_cut_makes_no_difference() =>
        Gen.Select(_text, Gen.Int[0, 60].Array[0, 8]).Sample((text, cuts) =>
        {
            var whole = Read([text]);
            var parts = Read(Cut(text, cuts));

            Assert.Equal(Shape(whole), Shape(parts));
        });

    [Fact]
    public void No_word_is_lost_and_none_added() =>
        Gen.Select(_text, Gen.Int[0, 60].Array[0, 8]).Sample((text, cuts) =>
        {
            var pieces = Read(Cut(text, cuts));
            var shown = string.Concat(pieces.Select(piece => piece.Text));

            Assert.Equal(text.Where(char.IsLetter), shown.Where(char.IsLetter));
            Assert.True(shown.Length <= text.Length);
        });

    private static List<MarkerReader.Piece> Read(IEnumerable<string> parts)
    {
        var reader = new MarkerReader(number => number is >= 1 and <= 9);
        return [.. parts.ToList().SelectMany(part => reader.Read(part).ToList()).ToList(), .. reader.End()];
    }

    private static IEnumerable<string> Cut(string text, int[] cuts)
    {
        var from = 0;
        foreach (var cut in cuts.Where(cut => cut <= text.Length).Order())
        {
            yield return text[from..cut];
            from = cut;
        }

        yield return text[from..];
    }

    /// <summary>The text with the marks where they were, whatever the pieces.</summary>
    private static string Shape(IEnumerable<MarkerReader.Piece> pieces) =>
        string.Concat(
            pieces.Select(piece => piece.Text.Length > 0 ? piece.Text : $"<{string.Join(',', piece.Numbers)}>"));
}
