using AiStack.Tests.Fixtures;
using AiStack.TextAnalysis;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace AiStack.Tests.TextAnalysis;

public sealed class TokensTests
{
    private static readonly Gen<string> _texts = Gen.OneOfConst("leave ", "  ", "\n\n", "🚲", "Ünïcode", "x", "1,950 ")
        .Array[0, 2_000].Select(string.Concat);

    [Fact]
    public void A_text_in_words_has_as_many_tokens_as_the_tokenizer_says()
    {
        var tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");
        var text = string.Join(' ', Enumerable.Range(1, 3_000).Select(i => $"Rule {i} says that leave is long."));

        Assert.Equal(tokenizer.CountTokens(text), Tokens.Count(text));
    }

    [Fact]
    public void A_text_is_cut_to_a_beginning_that_fits_and_a_text_that_fits_is_left_alone() =>
        Gen.Select(_texts, Gen.Int[0, 3_000]).Sample((text, limit) =>
        {
            var cut = Tokens.Cut(text, limit);

            Assert.StartsWith(cut, text, StringComparison.Ordinal);
            Assert.True(Tokens.Count(cut) <= limit, $"{Tokens.Count(cut)} > {limit}");
            Assert.True(cut.Length == text.Length || Tokens.Count(text) > limit);
        }, iter: 100);

    [Fact]
    public async Task A_word_without_end_is_counted_in_a_time_that_grows_with_its_length_alone()
    {
        // A time that grows with the square of its length would be hours.
        var counted = Task.Run(
            () => (Tokens.Count(new string('x', 1_000_000)), Tokens.Count(new string(' ', 1_000_000))),
            TestContext.Current.CancellationToken);

        var (letters, spaces) = await counted.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);

        Assert.InRange(letters, 100_000, 1_000_000);
        Assert.InRange(spaces, 1_000, 1_000_000);
    }

    [Fact]
    public void A_text_is_cut_between_characters() =>
        Gen.Select(Gen.OneOfConst("🚲", "a", "ü", "𝒳", " ", "日").Array[0, 12], Gen.Int[0, 20]).Sample((parts, max) =>
        {
            var text = string.Concat(parts);
            var cut = Tokens.Cut(text, max);

            Assert.StartsWith(cut, text, StringComparison.Ordinal);
            Assert.True(Tokens.Count(cut) <= max);
            Assert.False(cut.Length > 0 && char.IsHighSurrogate(cut[^1]));
        });
}
