using System.Text;
using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>Texts whose encoding is declared nowhere, or wrongly.</summary>
public sealed class EncodingTests
{
    static EncodingTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("windows-1250", "Zaměstnanec má nárok na třicet dní dovolené ročně.")]
    [InlineData("windows-1250", "Pracownik ma prawo do trzydziestu dni urlopu wypoczynkowego, źdźbło żółć.")]
    [InlineData("windows-1251", "Отпуск составляет тридцать дней в году.")]
    [InlineData("koi8-r", "Отпуск составляет тридцать дней в году.")]
    [InlineData("windows-1252", "L'été dernier, les congés payés ont été réduits à trois semaines.")]
    [InlineData("windows-1253", "Η ετήσια άδεια είναι τριάντα ημέρες.")]
    [InlineData("shift_jis", "年次有給休暇は三十日です。")]
    [InlineData("iso-2022-jp", "年次有給休暇は三十日です。")]
    [InlineData("gb18030", "带薪年假为三十天。员工每年可以休假。")]
    [InlineData("euc-kr", "연차 휴가는 삼십 일입니다.")]
    [InlineData("macintosh", "Le père a reçu la forêt très tôt, naïve idée.")]
    [InlineData("utf-16", "带薪年假为三十天。员工每年可以休假。")]
    [InlineData("utf-16BE", "L'été dernier, les congés payés.")]
    [InlineData("utf-32", "Grüße")]
    public async Task A_text_is_read_in_the_encoding_that_its_bytes_are_of(string encoding, string words)
    {
        var document = await Parsing.DocumentAsync(Encoding.GetEncoding(encoding).GetBytes(words), "a.txt");

        Assert.Equal(words, document.Text);
    }

    [Fact]
    public async Task What_the_sender_declares_is_believed_unless_the_bytes_are_utf8()
    {
        Assert.Equal("Größe", await ReadAsync(Encoding.Latin1.GetBytes("Größe"), "text/plain; charset=iso-8859-1"));
        Assert.Equal("Größe", await ReadAsync("Größe"u8.ToArray(), "text/plain; charset=iso-8859-1"));
        Assert.Equal("Größe", await ReadAsync("Größe"u8.ToArray(), "text/plain; charset=nonsense"));
        Assert.Equal("Größe", await ReadAsync("Größe"u8.ToArray(), "no media type"));
    }

    [Fact]
    public async Task A_declaration_that_the_bytes_are_not_of_is_reported()
    {
        var document = await Parsing.TextAsync("<html><meta charset='iso-8859-1'><p>Größe</p></html>", "a.html");

        Assert.Equal("Größe", document.Text);
        Assert.Equal("encoding_declared_wrong", Assert.Single(document.Report.Findings).Code);
    }

    [Fact]
    public async Task A_text_of_signs_without_meaning_fails_and_a_few_of_them_are_warned_of()
    {
        var failure = await Parsing.FailureAsync(Encoding.UTF8.GetBytes(new string('\uE123', 30) + "abc"), "a.txt");
        var document = await Parsing.TextAsync(new string('a', 90) + " \uE123\uE124 ", "a.txt");

        Assert.Contains("unreadable", failure.Message, StringComparison.Ordinal);
        var finding = Assert.Single(document.Report.Findings);
        Assert.Equal(("unreadable_text", FindingLevel.Warning, 2), (finding.Code, finding.Level, finding.Count));
    }

    private static async Task<string?> ReadAsync(byte[] content, string mediaType)
    {
        var parser = new DocumentParser(Microsoft.Extensions.Options.Options.Create(new ParsingOptions()));
        var result = await parser.ParseAsync(
            new MemoryStream(content), "a.txt", TestContext.Current.CancellationToken, mediaType);
        return result.Document?.Text;
    }
}
