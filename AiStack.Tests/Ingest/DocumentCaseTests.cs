using AiStack.Ingest.Parsing;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>Small files, each with what once was lost or wrong, and what is right.</summary>
public sealed class DocumentCaseTests
{
    [Theory]
    [InlineData("csv-01-excel-german.csv", "Name: Müller; Betrag: 1.234,56; Datum: 01.02.2024; Ort: Köln")]
    [InlineData("csv-02-excel-german-windows-1252.csv", "Name: Schäfer; Betrag: 2.000,00")]
    [InlineData("csv-03-preamble.csv", "Part: P1001; Name: seal ring; Lyon: 4; Bremen: 9")]
    [InlineData("csv-03-preamble.csv", "Report: stock by site")]
    [InlineData("csv-04-no-header.csv", "column 1: 1001; column 2: Anna Berg; column 3: Lyon; column 4: 42000")]
    [InlineData("csv-08-german-comma-decimals.csv", "Artikel: A; Preis: 1,50; Menge: 2,00; Summe: 3,00")]
    [InlineData("docx-01-equation.docx", "r=annual/12")]
    [InlineData("docx-01-equation.docx", "For k=3 years the total is known.")]
    [InlineData("docx-02-numbered-clauses.docx", "2.1 Either side may end the contract with three months of notice.")]
    [InlineData("docx-02-numbered-clauses.docx", "2. Termination")]
    [InlineData("docx-02-numbered-clauses.docx", "1.2 A month is a calendar month.")]
    [InlineData("docx-03-header-footer.docx", "[Page header: Document MAN-0815, revision C, company confidential]")]
    [InlineData("docx-03-header-footer.docx", "[Page footer: Owner: Anna Berg, valid until 2025-12-31]")]
    [InlineData(
        "docx-04-comment.docx", "The price is 100 euro. [Comment by Legal: This price is wrong, use 120 euro.]")]
    [InlineData("docx-08-altchunk.docx", "The annex says: payment within 14 days.\n\nAfter.")]
    [InlineData("docx-09-footnote.docx", "Leave is 30 days per year. [Note: Except in leap years.]")]
    [InlineData("html-01-webforms-page.html", "Employees earn 30 days of paid leave a year.")]
    [InlineData("html-02-aside-warning.html", "Warning: the housing is under 16 bar. Release the pressure first.")]
    [InlineData("html-03-br-in-pre.html", "Timeout = 30\nRetries = 5\nEndpoint = prod")]
    [InlineData(
        "html-04-code-in-list.html",
        "1. Stop the service:\n   systemctl stop app\n   sleep 5\n   rm -rf /tmp/cache\n2. Start it again.")]
    [InlineData(
        "html-05-merged-cells.html",
        "| Region | 2023 list | 2023 net | 2024 list | 2024 net |\n| --- | --- | --- | --- | --- |\n"
        + "| North | 10 | 8 | 12 | 9 |\n| North | 11 | | 13 | 10 |")]
    [InlineData("html-10-latin1-without-meta.html", "Der Urlaub beträgt dreißig Tage für Führungskräfte.")]
    [InlineData("json-01-nan.json", "sensor: T1\nvalue: NaN\nnote: pump stopped")]
    [InlineData("json-02-one-bad-line.jsonl", "id: 199\ntext: entry 199 of the log")]
    [InlineData(
        "json-06-nested-parent.json",
        "sites.name: Lyon\nsites.machines.serial: M-1\nsites.machines.last_service: 2024")]
    [InlineData("json-06-nested-parent.json", "company: Acme\nsites.name: Bremen\nsites.machines.serial: M-3")]
    [InlineData("md-01-front-matter.md", "Travel policy\n\nHotels up to 150 euro are paid.")]
    [InlineData("md-02-task-list.md", "- [x] Security review (done)\n- [ ] Penetration test (open)")]
    [InlineData("md-03-html-in-list.md", "| Torque | 40 Nm |")]
    [InlineData("md-03-html-in-list.md", "Because of pressure.")]
    [InlineData("md-06-table-long.md", "| P1001 | seal ring type 1 | 1 | 1 | 3.50 |")]
    [InlineData("txt-01-utf16-without-bom.txt", "The pump is serviced every year.")]
    [InlineData("txt-02-windows-1252.txt", "Der Geschäftsführer genehmigt Reisen über 500 €.")]
    [InlineData("txt-03-one-bad-byte.log", "path C:\\Temp\\Müller")]
    public async Task What_a_file_says_is_in_its_text(string file, string words) =>
        Assert.Contains(words, (await CaseFile.ReadAsync(file)).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("docx-06-hidden-text.docx", "Purchase price", "hidden_text")]
    [InlineData("html-09-display-none.html", "ignore the rules", "hidden_text")]
    [InlineData("html-09-display-none.html", "Also hidden", "hidden_text")]
    public async Task What_a_reader_does_not_see_is_left_out_and_reported(string file, string words, string code)
    {
        var document = await CaseFile.ReadAsync(file);

        Assert.DoesNotContain(words, document.Text, StringComparison.Ordinal);
        Assert.Contains(document.Report.Findings, finding => finding.Code == code);
    }

    [Theory]
    [InlineData("json-02-one-bad-line.jsonl", "lines_not_read", "line 200")]
    [InlineData("txt-03-one-bad-byte.log", "encoding_guessed", "line 61")]
    public async Task What_may_be_wrong_is_warned_of_with_its_place(string file, string code, string place)
    {
        var finding = Assert.Single((await CaseFile.ReadAsync(file)).Report.Findings, finding => finding.Code == code);

        Assert.Equal((FindingLevel.Warning, place), (finding.Level, finding.Place));
    }

    [Theory]
    [InlineData("csv-02-excel-german-windows-1252.csv", "windows-1252")]
    [InlineData("html-10-latin1-without-meta.html", "windows-1252")]
    [InlineData("txt-01-utf16-without-bom.txt", "utf-16")]
    [InlineData("txt-02-windows-1252.txt", "windows-1252")]
    [InlineData("csv-01-excel-german.csv", "utf-8")]
    public async Task The_report_names_the_encoding(string file, string encoding) =>
        Assert.Equal(encoding, (await CaseFile.ReadAsync(file)).Report.Encoding);

    [Fact]
    public async Task Front_matter_becomes_attributes()
    {
        var attributes = (await CaseFile.ReadAsync("md-01-front-matter.md")).Report.Attributes;

        Assert.Equal("Anna Berg", attributes["owner"]);
        Assert.Equal("2025-12-31", attributes["valid_until"]);
        Assert.Equal("travel, hotel", attributes["tags"]);
    }
}
