using AiStack.Retrieval.Text;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Retrieval.Text;

/// <summary>What counts as a word, a term, a sentence.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData("Don't panic", "don panic")]
    [InlineData("1,000 and 3.5", "1000 and 3.5")]
    [InlineData("Café, ZÜRICH", "cafe zurich")]
    [InlineData("TX-200", "tx tx200 200")]
    [InlineData("second-hand", "second hand")]
    [InlineData("the company’s bikes", "the company bikes")]
    [InlineData("", "")]
    [InlineData("…–—!", "")]
    public void Words_are_compared_in_one_form(string text, string forms) =>
        Assert.Equal(forms, string.Join(' ', Words.In(text).Select(word => word.Form)));

    [Fact]
    public void A_word_is_where_it_says_whatever_the_text() =>
        Gen.String.Sample(text => Words.In(text).All(word =>
            word.Start >= 0 && word.Length > 0 && word.Start + word.Length <= text.Length));

    [Theory]
    [InlineData("holidays", "holiday")]
    [InlineData("serviced", "servicing")]
    public void Words_of_one_stem_are_one_term(string one, string other) =>
        Assert.Equal(Terms.In(one), Terms.In(other));

    [Fact]
    public void Words_that_every_text_has_are_no_terms() =>
        Assert.Empty(Terms.In("What is it that they would have had?"));

    [Theory]
    [InlineData("One. Two! Three?", "One.|Two!|Three?")]
    [InlineData("Dr. Berg has 3.5 days. He left.", "Dr. Berg has 3.5 days.|He left.")]
    [InlineData("A heading\nand a line", "A heading|and a line")]
    [InlineData("He said \"Stop.\" She went on.", "He said \"Stop.\"|She went on.")]
    [InlineData("See example.com for more", "See example.com for more")]
    public void Sentences_end_where_people_end_them(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Sentences.In(text).Select(sentence => text[sentence.Start..sentence.End]));

    [Fact]
    public void Sentences_follow_one_another_and_lose_nothing_but_space() =>
        Gen.String.Array[0, 20].Select(parts => string.Join(". ", parts)).Sample(text =>
        {
            var end = 0;
            foreach (var sentence in Sentences.In(text))
            {
                if (sentence.Start < end
                    || sentence.End < sentence.Start
                    || !string.IsNullOrWhiteSpace(text[end..sentence.Start]))
                {
                    return false;
                }

                end = sentence.End;
            }

            return string.IsNullOrWhiteSpace(text[end..]);
        });
}
