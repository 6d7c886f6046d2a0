using AiStack.Console.ConsoleLogs;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.ConsoleLogs;

public sealed class AnsiTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\e[31mred\e[0m plain", "red[ink-1]| plain")]
    [InlineData("\e[40m\e[1m\e[33mwarn\e[39m\e[22m\e[49m: text", "warn[bold ink-3 ground-0]|: text")]
    [InlineData("\e[91;4mbright\e[24m on", "bright[underline ink-9]| on[ink-9]")]
    [InlineData("\e[38;5;2mpalette\e[38;5;200m any \e[38;2;1;2;3mtrue", "palette[ink-2]| any [ink-2]|true[ink-2]")]
    [InlineData("\e[mreset\e[2K\e[1;1Hmoved\e]0;title\atitled", "reset|moved|titled")]
    [InlineData("cut \e[31", "cut ")]
    [InlineData("<b>\e[31m<script>", "<b>|<script>[ink-1]")]
    public void Colours_become_classes_and_other_codes_are_left_out(string line, string expected) => Assert.Equal(
        expected, string.Join('|', AnsiText.Parse(line).Select(Shown)));

    [Fact]
    public void The_spans_of_any_line_make_up_its_plain_text_and_have_only_our_classes() =>
        Gen.OneOf(Gen.String, Gen.OneOfConst("\e[", "\e]", "m", "38;5;1", "\e[1;31m"))
            .List[0, 20].Select(string.Concat)
            .Sample(line =>
            {
                var spans = AnsiText.Parse(line);
                Assert.Equal(AnsiText.Plain(line), string.Concat(spans.Select(span => span.Text)));
                Assert.All(spans, span => Assert.Matches("^[a-z0-9 -]*$", span.Classes));
            });

    [Fact]
    public void A_line_that_changes_its_look_without_end_is_cut_into_a_limited_number_of_spans()
    {
        var spans = AnsiText.Parse(string.Concat(Enumerable.Repeat("\e[31mx\e[32my", 5_000)));

        Assert.InRange(spans.Count, 100, 202);
        Assert.Equal(10_000, spans.Sum(span => span.Text.Length));
    }

    private static string Shown(AnsiSpan span) => span.Classes is "" ? span.Text : $"{span.Text}[{span.Classes}]";
}
