using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>Searching what is written in other languages than English, and in several.</summary>
public sealed class LanguageSearchTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    /// <summary>One subject in each language, and another one beside it.</summary>
    private static readonly (string, string)[] _documents =
    [
        ("zh-leave.txt", "员工每年享有三十天带薪年假。申请须提前两周提出。"),
        ("zh-other.txt", "办公室早上八点开门。请勿在走廊停放自行车。"),
        ("ja-leave.txt", "従業員は年に30日の有給休暇を取得できます。"),
        ("ko-leave.txt", "직원은 매년 30일의 유급 휴가를 받습니다."),
        ("th-leave.txt", "พนักงานมีสิทธิลาพักร้อนปีละสามสิบวัน ต้องแจ้งล่วงหน้าสองสัปดาห์"),
        ("th-other.txt", "สำนักงานเปิดเวลาแปดโมงเช้า ห้ามจอดจักรยานในทางเดิน"),
        ("km-leave.txt", "បុគ្គលិកមានសិទ្ធិឈប់សម្រាកប្រចាំឆ្នាំសាមសិបថ្ងៃ"),
        ("fr-trips.txt", "L'assurance couvre le vol. L’entreprise paie l’avion et les nuits d'hôtel."),
        ("it-trips.txt", "Il costo dell'albergo è rimborsato. L'anticipo si chiede all'ufficio."),
        ("de-trips.txt", "Die Straße zum Büro ist gesperrt. Kündigungsfristen stehen in den Verträgen."),
        ("ar-leave.txt", "يحق للموظفين إجازة سنوية مدتها ثلاثون يومًا مدفوعة الأجر."),
        ("fa-leave.txt", "کارمندان سالانه سی روز مرخصی با حقوق می‌گیرند."),
        ("he-leave.txt", "העובדים זכאים לשלושים ימי חופשה בשנה."),
        ("hi-leave.txt", "कर्मचारियों को हर साल तीस दिन की सवेतन छुट्टी मिलती है।"),
        ("ru-leave.txt", "Сотрудники получают тридцать дней оплачиваемого отпуска в год."),
        ("el-leave.txt", "Οι εργαζόμενοι δικαιούνται τριάντα ημέρες άδειας τον χρόνο."),
        ("ligature.txt", "The oﬃcer signed the certiﬁcate. ＦＵＬＬＷＩＤＴＨ stays readable."),
    ];

    [Theory]
    [InlineData("带薪年假", "zh-leave.txt")]
    [InlineData("年假有多少天？", "zh-leave.txt")]
    [InlineData("停放自行车", "zh-other.txt")]
    [InlineData("有給休暇", "ja-leave.txt")]
    [InlineData("유급휴가", "ko-leave.txt")]
    [InlineData("ลาพักร้อนกี่วัน", "th-leave.txt")]
    [InlineData("จักรยาน", "th-other.txt")]
    [InlineData("ឈប់សម្រាក", "km-leave.txt")]
    [InlineData("assurance", "fr-trips.txt")]
    [InlineData("nuit d’hôtels", "fr-trips.txt")]
    [InlineData("hotel", "fr-trips.txt")]
    [InlineData("albergo", "it-trips.txt")]
    [InlineData("STRASSE", "de-trips.txt")]
    [InlineData("Kündigungsfrist Vertrag", "de-trips.txt")]
    [InlineData("الإجازة السنوية للموظف", "ar-leave.txt")]
    [InlineData("مرخصي", "fa-leave.txt")]
    [InlineData("חופשה", "he-leave.txt")]
    [InlineData("कर्मचारी छुट्टी", "hi-leave.txt")]
    [InlineData("оплачиваемый отпуск", "ru-leave.txt")]
    [InlineData("άδεια εργαζομένων", "el-leave.txt")]
    [InlineData("officer certificate", "ligature.txt")]
    [InlineData("fullwidth", "ligature.txt")]
    public async Task What_is_asked_in_a_language_is_found_in_it(string query, string filename)
    {
        var (caller, store) = await StoreAsync();

        var found = await caller.SearchAsync(store, new { query, max_num_results = 1 });

        Assert.Equal(filename, Assert.Single(found).GetProperty("filename").GetString());
        Assert.True(found[0].GetProperty("scores").GetProperty("bm25").GetDouble() > 0, "No word was found.");
    }

    [Theory]
    [InlineData("带薪年假", "zh")]
    [InlineData("l'assurance", "fr")]
    [InlineData("Kündigungsfrist", "de")]
    [InlineData("officer", "en")]
    public async Task A_result_says_which_language_it_is_in(string query, string language)
    {
        var (caller, store) = await StoreAsync();

        var found = await caller.SearchAsync(store, new { query, max_num_results = 1 });

        Assert.Equal(language, found[0].GetProperty("language").GetString());
    }

    [Fact]
    public async Task The_same_words_in_two_files_are_one_result_that_names_both()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(
            ("policy.txt", "Meals are paid up to 40 euro a day."),
            ("policy-copy.txt", "Meals are paid up to 40 euro a day."),
            ("other.txt", "Hotels are booked by the office."));

        var found = await caller.SearchAsync(store, new { query = "meals a day" });

        var meals = Assert.Single(found, result => result.GetProperty("filename").GetString() != "other.txt");
        Assert.Single(meals.GetProperty("also_in").EnumerateArray());
    }

    [Fact]
    public async Task A_passage_from_the_middle_of_a_table_has_the_names_of_its_columns()
    {
        var rows = string.Join('\n', Enumerable.Range(1, 300).Select(i => $"Model {i} | {i * 10} kg | {i} h"));
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(("models.txt", $"Product | Payload | Charging time\n{rows}"));

        var found = await caller.SearchAsync(store, new { query = "Model 250", max_num_results = 1 });

        var text = found[0].GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.StartsWith("Product | Payload | Charging time\nModel ", text, StringComparison.Ordinal);
        Assert.Contains("Model 250 | 2500 kg | 250 h", text, StringComparison.Ordinal);
    }

    private async Task<(StoreCaller Caller, string Store)> StoreAsync()
    {
        var caller = fixture.NewCaller();
        return (caller, await caller.CreateStoreAsync(_documents));
    }
}
