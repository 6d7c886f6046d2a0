using System.IO.Compression;
using System.Text;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>Files of the formats that hold others, broken or meant to break.</summary>
public sealed class HostileFormatTests
{
    [Theory]
    [InlineData("xl/workbook.xml", "a.xlsx")]
    [InlineData("ppt/presentation.xml", "a.pptx")]
    [InlineData("data.txt", "a.zip")]
    public async Task What_unpacks_to_gigabytes_is_refused(string part, string name)
    {
        var zeros = new string('\0', 1 << 20);
        var bomb = Zip((part, writer =>
        {
            for (var i = 0; i < 300; i++)
            {
                writer.Write(zeros);
            }
        }));

        await FailsAsync(bomb, name, "unpacks to more than");
    }

    [Fact]
    public async Task An_archive_of_too_many_files_is_refused()
    {
        var many = Zip([.. Enumerable.Range(0, 5_001).Select(i => ($"{i}.txt", (Action<TextWriter>)(_ => { })))]);

        await FailsAsync(many, "a.zip", "more than 5000 files");
    }

    [Fact]
    public async Task An_archive_of_which_nothing_can_be_read_says_why() =>
        await FailsAsync(Zip(("a.exe", writer => writer.Write("\u007FELF\0\0"))), "a.zip", "None of the 1 files");

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"aaaa\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>")]
    public async Task Xml_with_entities_of_its_own_is_refused(string xml) =>
        await FailsAsync(Encoding.UTF8.GetBytes(xml), "a.xml", "entities of its own");

    [Fact]
    public async Task Deep_or_broken_markup_is_refused_with_its_reason()
    {
        await FailsAsync(Repeat("<a>", 100_000), "a.xml", "nested deeper than 256");
        await FailsAsync("<a><b></a>"u8.ToArray(), "a.xml", "not valid: see line 1");
        await FailsAsync(Repeat("{\\rtf1 ", 100_000), "a.rtf", "nested deeper than 256");
        await FailsAsync(Repeat("[", 100_000), "a.yaml", "nested deeper than 256");
        await FailsAsync(Repeat("{\"cells\":[", 100_000), "a.ipynb", "deeper than 256");
    }

    [Fact]
    public async Task Aliases_of_yaml_do_not_grow_without_end()
    {
        var yaml = new StringBuilder("a0: &a0 [lol, lol]\n");
        for (var i = 1; i < 30; i++)
        {
            yaml.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        var document = await Parsing.TextAsync(yaml.ToString(), "a.yaml");

        Assert.True(document.Text.Length < 10_000);
    }

    [Fact]
    public async Task Yaml_that_is_none_is_read_as_the_text_that_it_is()
    {
        var document = await Parsing.TextAsync("replicas: {{ .Values.replicas }}\n  image: \"nginx", "a.yaml");

        Assert.Contains("{{ .Values.replicas }}", document.Text, StringComparison.Ordinal);
        Assert.Contains(document.Report.Findings, finding => finding.Code == "yaml_not_valid");
    }

    [Fact]
    public async Task Mails_in_mails_without_end_come_to_an_end()
    {
        var mail = new StringBuilder();
        for (var i = 0; i < 500; i++)
        {
            mail.Append("From: a@example.com\r\nContent-Type: message/rfc822\r\n\r\n");
        }

        var result = await Parsing.ParseAsync(new MemoryStream(Encoding.ASCII.GetBytes($"{mail}the end")), "a.eml");

        Assert.True(result.Document is not null || result.Failure is { Code: "invalid_file" });
    }

    [Theory]
    [InlineData("xlsx-01-merged-dates-hidden-sheet.xlsx")]
    [InlineData("pptx-01-notes-table-hidden-slide.pptx")]
    [InlineData("odt-01-note-list-hidden.odt")]
    [InlineData("ods-01-sheets.ods")]
    [InlineData("epub-01-two-chapters.epub")]
    [InlineData("zip-01-mixed-files.zip")]
    [InlineData("docx-02-numbered-clauses.docx")]
    [InlineData("rtf-02-table-hidden-cyrillic.rtf")]
    [InlineData("mail-02-attachments.eml")]
    [InlineData("yaml-01-service.yaml")]
    [InlineData("html-05-merged-cells.html")]
    public async Task A_file_that_is_cut_off_or_damaged_fails_or_gives_what_is_left(string file)
    {
        var whole = await CaseFile.BytesAsync(file);
        for (var i = 1; i <= 40; i++)
        {
            var length = whole.Length * i / 41;
            var cut = whole[..length];
            var damaged = whole.ToArray();
            damaged[length] ^= 0x55;
            damaged[length / 2] ^= 0xAA;
            foreach (var content in new[] { cut, damaged })
            {
                var result = await Parsing.ParseAsync(new MemoryStream(content), file);

                Assert.True(
                    result.Document is not null || result.Failure is { Code: "invalid_file" or "unsupported_file" });
            }
        }
    }

    private static async Task FailsAsync(byte[] content, string filename, string reason)
    {
        var failure = await Parsing.FailureAsync(content, filename);

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Repeat(string text, int count) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, count)));

    private static byte[] Zip(params (string Name, Action<TextWriter> Write)[] parts)
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create))
        {
            foreach (var (name, write) in parts)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name, CompressionLevel.Fastest).Open());
                write(writer);
            }
        }

        return content.ToArray();
    }
}
