using AiStack.Ingest.Parsing;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>The formats that are read by way of what they hold: mails, workbooks, slides, books, archives.</summary>
public sealed class FormatCaseTests
{
    [Theory]
    [InlineData("mail-01-base64-german.eml", "der Liefertermin für die Pumpe ist der 14. März. Grüße, Anna")]
    [InlineData("mail-01-base64-german.eml", "From: Anna <anna@example.com>\nTo: Paul <paul@example.com>")]
    [InlineData("mail-02-attachments.eml", "| Lyon | 3 |")]
    [InlineData("mail-02-attachments.eml", "stock.csv\n\nPart: P1001; Lyon: 4")]
    [InlineData("mbox-01-two-mails.mbox", "The pump is old.\n\nTwo\n\nFrom: Paul <paul@example.com>")]
    [InlineData("xml-01-declared-latin1.xml", "orders.order.customer: Müller\norders.order.total.currency: EUR")]
    [InlineData("xml-02-mixed-text.xml", "Service the main pump every year.")]
    [InlineData("xml-03-nested-list.xml", "plant.site.name: Bremen\nplant.site.machine.serial: M-3")]
    [InlineData("yaml-01-service.yaml", "service.name: billing\nservice.hosts.name: lyon-1\nservice.hosts.port: 9090")]
    [InlineData("yaml-01-service.yaml", "Raised after the outage")]
    [InlineData("rtf-01.rtf", "The pump is serviced every year.")]
    [InlineData("rtf-02-table-hidden-cyrillic.rtf", "Größe €100 отпуск kept. [Note: Except in leap years.]")]
    [InlineData(
        "rtf-02-table-hidden-cyrillic.rtf", "| Part | Days |\n| --- | --- |\n| Seal | 25 |\n\nAfter the table.")]
    [InlineData(
        "xlsx-01-merged-dates-hidden-sheet.xlsx",
        "| Region | 2023 list | 2023 net | Checked | Share |\n| --- | --- | --- | --- | --- |\n"
        + "| North | 10 | 8.5 | 2024-03-01 | 25% |\n| North | 11 | 21 | 2024-03-02 12:00:00 | 50% |")]
    [InlineData("xlsx-01-merged-dates-hidden-sheet.xlsx", "| 00042 | seal ring |")]
    [InlineData("xlsx-01-merged-dates-hidden-sheet.xlsx", "[Comment at Stock!B5: Counted twice.]")]
    [InlineData("pptx-01-notes-table-hidden-slide.pptx", "[Speaker notes: Mention the Oslo pilot.]")]
    [InlineData("pptx-01-notes-table-hidden-slide.pptx", "| Quarter | Sales |\n| --- | --- |\n| Q1 | 12 |")]
    [InlineData("odt-01-note-list-hidden.odt", "Leave is 30 days [Note: Except in leap years.]")]
    [InlineData("odt-01-note-list-hidden.odt", "- Ask first\n  - in writing")]
    [InlineData("ods-01-sheets.ods", "| Part | Lyon | Bremen |\n| --- | --- | --- |\n| P1001 | 4 | 4 |")]
    [InlineData("epub-01-two-chapters.epub", "Open the valve.\n\nStop\n\nClose it again.")]
    [InlineData("zip-01-mixed-files.zip", "Hotels up to 150 euro.")]
    [InlineData("zip-01-mixed-files.zip", "data/stock.csv\n\nPart: P1001; Lyon: 4")]
    [InlineData("ipynb-01-cells.ipynb", "mean = sum(x) / len(x)\n\nmean is 4.2")]
    [InlineData("xls-01-old-workbook.xls",
        "Lager\n\n| Teil | Größe | Geprüft | Anteil |\n| --- | --- | --- | --- |\n| 00042 | 2.5 | 2024-03-01 | 25% |")]
    [InlineData("odp-01-slides.odp", "Pilot in Oslo\n\n- Starts in May\n- Twelve machines")]
    [InlineData("odp-01-slides.odp", "[Speaker notes: Mention the costs.]")]
    [InlineData("odt-02-numbers-nested-table.odt",
        "I. Scope\n\n1. The tenant pays.\n  1.a) On the first day.\n       By transfer.\n2. The owner repairs.")]
    [InlineData("odt-02-numbers-nested-table.odt", "Between.\n\n3. Both give notice.")]
    [InlineData("tar-01-files.tar", "data/stock.csv\n\nPart: P1001; Lyon: 4")]
    [InlineData("tgz-01-files.tgz", "notes.txt\n\nDie Größe ist 4.")]
    [InlineData("gz-01-stock.csv.gz", "gz-01-stock.csv\n\nPart: P1001; Lyon: 4")]
    public async Task What_a_file_says_is_in_its_text(string file, string words) =>
        Assert.Contains(words, (await CaseFile.ReadAsync(file)).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("rtf-02-table-hidden-cyrillic.rtf", "secret", "hidden_text")]
    [InlineData("xlsx-01-merged-dates-hidden-sheet.xlsx", "internal margin", "hidden_text")]
    [InlineData("pptx-01-notes-table-hidden-slide.pptx", "secret margins", "hidden_text")]
    [InlineData("odt-01-note-list-hidden.odt", "Purchase price", "hidden_text")]
    [InlineData("xls-01-old-workbook.xls", "secret margin", "hidden_text")]
    [InlineData("ods-02-hidden-sheet.ods", "Purchase price", "hidden_text")]
    [InlineData("zip-01-mixed-files.zip", "inner words", "part_not_read")]
    [InlineData("mail-02-attachments.eml", "scan.png", "part_not_read")]
    public async Task What_is_left_out_is_reported(string file, string words, string code)
    {
        var document = await CaseFile.ReadAsync(file);

        Assert.DoesNotContain(words, document.Text, StringComparison.Ordinal);
        Assert.Contains(document.Report.Findings, finding => finding.Code == code);
    }

    [Fact]
    public async Task Each_file_of_an_archive_that_was_not_read_is_named()
    {
        var findings = (await CaseFile.ReadAsync("zip-01-mixed-files.zip")).Report.Findings;

        Assert.Equal(["inner.zip", "photo.png"], findings.Select(finding => finding.Place));
        Assert.Contains("archive in an archive", findings[0].Message, StringComparison.Ordinal);
        Assert.All(findings, finding => Assert.Equal(FindingLevel.Warning, finding.Level));
    }

    [Fact]
    public async Task Headings_say_which_slide_sheet_or_file_words_are_from()
    {
        Assert.Equal("Numbers", (await CaseFile.ReadAsync("pptx-01-notes-table-hidden-slide.pptx")).HeadingOf("Q1"));
        Assert.Equal(2, (await CaseFile.ReadAsync("pptx-01-notes-table-hidden-slide.pptx")).PageOf("Q1"));
        Assert.Equal("Parts", (await CaseFile.ReadAsync("xlsx-01-merged-dates-hidden-sheet.xlsx")).HeadingOf("seal"));
        Assert.Equal("rules/travel.md > Travel", (await CaseFile.ReadAsync("zip-01-mixed-files.zip")).HeadingOf("150"));
        Assert.Equal("Stock > stock.csv", (await CaseFile.ReadAsync("mail-02-attachments.eml")).HeadingOf("P1001"));
    }

    [Fact]
    public async Task A_table_in_a_cell_is_read_once_and_pictures_names_are_no_text()
    {
        var text = (await CaseFile.ReadAsync("odt-02-numbers-nested-table.odt")).Text;
        var slides = await CaseFile.ReadAsync("odp-01-slides.odp");

        Assert.Equal(2, text.Split("30 mm").Length);
        Assert.DoesNotContain("A picture's name", slides.Text, StringComparison.Ordinal);
        Assert.Equal(2, slides.PageOf("Next steps"));
    }

    [Fact]
    public async Task A_mail_says_of_itself_who_sent_it_and_when()
    {
        var attributes = (await CaseFile.ReadAsync("mail-02-attachments.eml")).Report.Attributes;

        Assert.Equal("Anna Berg <anna@example.com>", attributes["from"]);
        Assert.Equal("2024-03-14 10:00 +01:00", attributes["date"]);
    }
}
