using AiStack.Ingest.Parsing;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>PDFs that were read wrongly once, each with what it says.</summary>
public sealed class PdfCaseTests
{
    [Fact]
    public async Task Words_are_parted_wherever_a_reader_sees_a_gap()
    {
        var document = await ReadAsync("pdf-01-spaces-by-kerning.pdf");

        Assert.Equal(10, document.Text.Split("the annual leave is thirty days").Length - 1);
    }

    [Fact]
    public async Task Numbers_of_a_table_stay_apart_however_near_they_are()
    {
        var document = await ReadAsync("pdf-02-table-narrow-gutter.pdf");

        Assert.Contains("| Travel | 12,500.00 | 8,300.00 |\n", document.Text, StringComparison.Ordinal);
        Assert.Contains("| Hotel | 9,750.00 | 11,020.00 |\n", document.Text, StringComparison.Ordinal);
        Assert.Equal(1, document.Report.Tables);
    }

    [Fact]
    public async Task Hebrew_is_in_the_order_of_speech()
    {
        var document = await ReadAsync("pdf-05-hebrew.pdf");

        Assert.Contains("חופשה שנתית היא עשרים ימים", document.Text, StringComparison.Ordinal);
        Assert.Contains("המנהל מאשר את הבקשה", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_filled_into_a_form_stands_behind_its_label()
    {
        var document = await ReadAsync("pdf-07-form-fields.pdf");

        Assert.Contains("Contact name: Marianne Dupont", document.Text, StringComparison.Ordinal);
        Assert.Contains("Bank account: DE89370400440532013000", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_without_text_are_named_and_warned_of()
    {
        var document = await ReadAsync("pdf-08-cover-page-and-scans.pdf");

        Assert.Equal([2, 3], document.Report.PagesWithoutText);
        Assert.Contains(document.Report.Findings, finding => finding is
        {
            Code: "pages_without_text", Level: FindingLevel.Warning, Count: 2, Place: "page 2",
        });
    }

    [Fact]
    public async Task What_is_printed_twice_to_look_bold_is_said_once()
    {
        var document = await ReadAsync("pdf-09-bold-by-overprint.pdf");

        Assert.Equal(2, document.Text.Split("Emergency number: 4711").Length);
        Assert.Equal(2, document.Text.Split("4711").Length);
    }

    [Fact]
    public async Task A_font_that_does_not_say_its_letters_is_no_text()
    {
        var failure = await Parsing.FailureAsync(Bytes("pdf-10-font-without-unicode.pdf"), "a.pdf");

        Assert.Contains("cannot be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_read_one_after_another_in_whatever_order_they_were_written()
    {
        var document = await ReadAsync("pdf-11-two-columns-written-by-rows.pdf");

        Assert.Contains("Employees earn two days of leave for each", document.Text, StringComparison.Ordinal);
        Assert.Contains("Travel must be booked ten days before it starts.", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stamp_in_the_margin_heads_nothing()
    {
        var document = await ReadAsync("pdf-12-margin-stamp.pdf");

        Assert.Equal("Report on pumps", document.HeadingOf("The pumps of line 4"));
        Assert.Equal("Report on pumps", document.HeadingOf("The valves were replaced"));
    }

    [Fact]
    public async Task Vertical_Japanese_is_running_text()
    {
        var document = await ReadAsync("pdf-13-vertical-japanese.pdf");

        Assert.Contains("休暇は年に二十日です", document.Text, StringComparison.Ordinal);
        Assert.Contains("管理者が承認します", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_is_kept_and_says_that_it_is_one()
    {
        var document = await ReadAsync("pdf-16-comment-annotation.pdf");

        Assert.Contains("The offer is valid until June.", document.Text, StringComparison.Ordinal);
        Assert.Contains(
            "[Comment by Legal: Legal says: extended until September]", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_nobody_sees_is_left_out_and_reported()
    {
        var document = await ReadAsync("pdf-18-invisible-text.pdf");

        Assert.Equal("Visible: the price is 10 euro.", document.Text);
        Assert.Contains(document.Report.Findings, finding => finding is
        {
            Code: "invisible_text", Level: FindingLevel.Note, Place: "page 1",
        });
    }

    private static Task<ParsedDocument> ReadAsync(string file) => Parsing.DocumentAsync(Bytes(file), file);

    private static byte[] Bytes(string file) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "AiStack.Tests", "Ingest", "Documents", file));
}
