using DocumentFormat.OpenXml.Wordprocessing;
using Xunit;

namespace AiStack.Tests.Ingest;

public sealed class DocumentParsingTests
{
    [Fact]
    public async Task A_docx_has_headings_by_the_names_of_its_styles_whatever_their_ids()
    {
        var document = await Parsing.DocumentAsync(
            DocxFile.Of(
                DocxFile.Paragraph("Leave", "berschrift1"),
                DocxFile.Paragraph("Parental", "berschrift2"),
                DocxFile.Paragraph("Twenty weeks.")),
            "a.docx");

        Assert.Equal("Leave\n\nParental\n\nTwenty weeks.", document.Text);
        Assert.Equal("Leave > Parental", document.HeadingOf("Twenty"));
    }

    [Fact]
    public async Task A_docx_keeps_lists_together_and_table_cells_apart()
    {
        var document = await Parsing.DocumentAsync(
            DocxFile.Of(
                DocxFile.Paragraph("Bring:"),
                DocxFile.Paragraph("a rope", isItem: true),
                DocxFile.Paragraph("a long one", isItem: true, level: 1),
                DocxFile.Table(["Grade", "Days"], ["A", "25"])),
            "a.docx");

        Assert.Equal(
            "Bring:\n\n- a rope\n  - a long one\n\n| Grade | Days |\n| --- | --- |\n| A | 25 |", document.Text);
    }

    [Fact]
    public async Task A_docx_says_nothing_twice_and_nothing_that_was_deleted()
    {
        var document = await Parsing.DocumentAsync(
            DocxFile.Of(
                DocxFile.Paragraph("Leave 3", "Verzeichnis1"),
                new Paragraph(
                    new Run(new Text("Kept")),
                    new DeletedRun(new Run(new DeletedText("deleted"))),
                    new MoveFromRun(new Run(new Text("moved"))),
                    new InsertedRun(new Run(new Text(" and new"))))),
            "a.docx");

        Assert.Equal("Kept and new", document.Text);
    }

    [Fact]
    public async Task A_pdf_has_pages_and_headings_by_the_size_of_their_letters()
    {
        var document = await Parsing.DocumentAsync(
            PdfFile.Of(
                [new("Vault rules", 700, Size: 20), new("The vault opens at nine in the morning.", 600)],
                [new("Closing", 700, Size: 14), new("It closes at five in the afternoon.", 600)]),
            "a.pdf");

        Assert.Equal((1, "Vault rules"), (document.PageOf("opens at nine"), document.HeadingOf("opens at nine")));
        Assert.Equal(
            (2, "Vault rules > Closing"), (document.PageOf("closes at five"), document.HeadingOf("closes at five")));
    }

    [Fact]
    public async Task A_word_hyphenated_at_the_end_of_a_pdf_line_is_whole_again_unless_it_is_written_so()
    {
        var document = await Parsing.DocumentAsync(
            PdfFile.OfPage(
                new("The depart-", 500), new("ment is well-", 488), new("known. A well-known one.", 476)),
            "a.pdf");

        Assert.Contains("The department is well-known.", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_at_the_edge_of_every_pdf_page_is_said_once()
    {
        var pages = Enumerable.Range(1, 5).Select(page => new PdfFile.Line[]
        {
            new("Acme Handbook", 810),
            new($"Chapter {(char)('A' + page)} tells something else.", 600),
            new($"Page {page} of 5", 30),
        });

        var document = await Parsing.DocumentAsync(PdfFile.Of([.. pages]), "a.pdf");

        Assert.Equal(2, document.Text.Split("Acme Handbook").Length);
        Assert.DoesNotContain("Page 2 of 5", document.Text, StringComparison.Ordinal);
        Assert.Equal(6, document.Text.Split("tells something else.").Length);
    }

    [Fact]
    public async Task Columns_of_a_pdf_are_read_one_after_another_as_they_were_written()
    {
        var document = await Parsing.DocumentAsync(
            PdfFile.OfPage(
                new("Left one", 600), new("left two.", 588),
                new("Right one", 600, X: 320), new("right two.", 588, X: 320)),
            "a.pdf");

        Assert.Contains("Left one left two.", document.Text, StringComparison.Ordinal);
        Assert.Contains("Right one right two.", document.Text, StringComparison.Ordinal);
    }
}
