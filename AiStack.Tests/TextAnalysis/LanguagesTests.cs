using AiStack.TextAnalysis;
using CsCheck;
using Xunit;

namespace AiStack.Tests.TextAnalysis;

/// <summary>Telling languages, and comparing words as each of them does.</summary>
public sealed class LanguagesTests
{
    [Theory]
    [InlineData("en", "The trailer is checked in April, and the report goes to the office.")]
    [InlineData("de", "Der Anhänger wird im April geprüft, und der Bericht geht an das Büro.")]
    [InlineData("fr", "La remorque est contrôlée en avril et le rapport est envoyé au bureau.")]
    [InlineData("es", "El remolque se revisa en abril y el informe se envía a la oficina.")]
    [InlineData("it", "Il rimorchio è controllato in aprile e la relazione va all'ufficio.")]
    [InlineData("nl", "De aanhanger wordt in april gekeurd en het verslag gaat naar het kantoor.")]
    [InlineData("sv", "Släpet kontrolleras i april och rapporten går till kontoret som ska ha den.")]
    [InlineData("ru", "Прицеп проверяют в апреле, и отчёт идёт в бюро.")]
    [InlineData("ar", "يتم فحص المقطورة في أبريل ويرسل التقرير إلى المكتب.")]
    [InlineData("fa", "تریلر در فروردین بررسی می‌شود و گزارش به دفتر می‌رود که آن را بخواند.")]
    [InlineData("zh", "拖车在四月检查，报告发送到办公室。")]
    [InlineData("ja", "トレーラーは四月に点検され、報告書は事務所に送られます。")]
    [InlineData("ko", "트레일러는 4월에 점검하고 보고서는 사무실로 보냅니다.")]
    [InlineData("th", "รถพ่วงตรวจในเดือนเมษายน")]
    [InlineData("en", "12,500.00 / 8,300.00")]
    [InlineData("en", "name: Ada, days: 30")]
    [InlineData("en", "| a | b | |\n| c | d | e |")]
    [InlineData("en", "Background\n\nSome background information here.\n\n- First item in unordered list\n- Second")]
    [InlineData("en", "| # | Genre | Sub-Genre | Title | Author | Publisher | Added |")]
    [InlineData("en", "| Header 1 | Header 2 | Header 3 |\n| Row 1 | No | 12 |")]
    [InlineData("fa", "مرخصی سالانه")]
    [InlineData("uk", "Відпустка")]
    public void A_text_is_in_the_language_of_most_of_its_words(string code, string text) =>
        Assert.Equal(code, Languages.Of(text).Code);

    [Fact]
    public void A_list_of_names_is_in_the_language_of_the_text_around_it() =>
        Assert.Equal("de", Languages.Of("Ravn 2, Moss Max, La Rochelle, El Paso", Languages.Find("de")).Code);

    [Theory]
    [InlineData("de", "Verträge", "Vertrag")]
    [InlineData("fr", "assurances", "assurance")]
    [InlineData("es", "vacaciones", "vacación")]
    [InlineData("ru", "отпуска", "отпуск")]
    [InlineData("ar", "الموظفين", "موظف")]
    [InlineData("ro", "zilelor", "zile")]
    [InlineData("tr", "evlerde", "evler")]
    public void Endings_do_not_count(string language, string one, string other) =>
        Assert.Equal(
            Languages.Find(language)!.TermsIn(one).Single(), Languages.Find(language)!.TermsIn(other).Single());

    [Fact]
    public void Accents_count_in_vietnamese_alone()
    {
        Assert.Equal(TermOf("fr", "résumé").Stem, TermOf("fr", "resume").Stem);
        Assert.NotEqual(TermOf("vi", "má").Stem, TermOf("vi", "mà").Stem);
    }

    [Fact]
    public void A_query_is_read_in_all_languages_that_are_searched()
    {
        var words = Query.WordsOf("Wie lang ist der Urlaub?", [Languages.English, Languages.Find("de")!]);

        Assert.Equal(["lang", "urlaub"], words.Select(word => word.Form));
    }

    [Fact]
    public void Any_text_has_a_language_and_terms_that_are_the_same_each_time() => Gen.String.Sample(text =>
        Languages.Of(text).TermsIn(text).SequenceEqual(Languages.Of(text).TermsIn(text)));

    private static Term TermOf(string language, string word) =>
        Languages.Find(language)!.TermsIn(word).Single();
}
