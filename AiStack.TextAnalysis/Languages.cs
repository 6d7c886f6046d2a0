using System.Buffers;
using Lucene.Net.Analysis.Ar;
using Lucene.Net.Analysis.Bg;
using Lucene.Net.Analysis.Ca;
using Lucene.Net.Analysis.Ckb;
using Lucene.Net.Analysis.Cz;
using Lucene.Net.Analysis.Da;
using Lucene.Net.Analysis.De;
using Lucene.Net.Analysis.El;
using Lucene.Net.Analysis.En;
using Lucene.Net.Analysis.Es;
using Lucene.Net.Analysis.Eu;
using Lucene.Net.Analysis.Fa;
using Lucene.Net.Analysis.Fi;
using Lucene.Net.Analysis.Fr;
using Lucene.Net.Analysis.Ga;
using Lucene.Net.Analysis.Gl;
using Lucene.Net.Analysis.Hi;
using Lucene.Net.Analysis.Hu;
using Lucene.Net.Analysis.Hy;
using Lucene.Net.Analysis.Id;
using Lucene.Net.Analysis.It;
using Lucene.Net.Analysis.Lv;
using Lucene.Net.Analysis.Nl;
using Lucene.Net.Analysis.No;
using Lucene.Net.Analysis.Pt;
using Lucene.Net.Analysis.Ro;
using Lucene.Net.Analysis.Ru;
using Lucene.Net.Analysis.Sv;
using Lucene.Net.Analysis.Tr;
using Lucene.Net.Analysis.Util;
using Lucene.Net.Util;

namespace AiStack.TextAnalysis;

/// <summary>The languages that are known, and which of them a text is in.</summary>
public static class Languages
{
    private const LuceneVersion Version = LuceneVersion.LUCENE_48;

    /// <summary>Words of a text that are looked at to tell its language.</summary>
    private const int MaxWords = 400;

    /// <summary>One word that another language has too tells nothing.</summary>
    private const int LeastHits = 2;

    /// <summary>How many more function words another language must have to be believed against the usual one.</summary>
    private const double ClearLead = 1.5;
    private const int LeastLead = 4;

    private static readonly Dictionary<string, Language> _known =
        Table().ToDictionary(language => language.Code, StringComparer.Ordinal);

    /// <summary>The languages that a script writes, the likeliest first.</summary>
    private static readonly Dictionary<Alphabet, string[]> _writes = new()
    {
        [Alphabet.Latin] =
        [
            "en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "no", "fi", "hu", "ro", "tr", "cs", "ca", "eu", "ga",
            "gl", "id", "lv", "vi", "pl",
        ],
        [Alphabet.Cyrillic] = ["ru", "bg", "uk"],
        [Alphabet.Arabic] = ["ar", "fa", "ckb"],
        [Alphabet.Greek] = ["el"],
        [Alphabet.Hebrew] = ["he"],
        [Alphabet.Devanagari] = ["hi"],
        [Alphabet.Armenian] = ["hy"],
        [Alphabet.Thai] = ["th"],
        [Alphabet.Lao] = ["lo"],
        [Alphabet.Khmer] = ["km"],
        [Alphabet.Burmese] = ["my"],
        [Alphabet.Han] = ["zh"],
        [Alphabet.Kana] = ["ja"],
        [Alphabet.Hangul] = ["ko"],
    };

    /// <summary>Letters that, of the languages of a script, one alone writes.</summary>
    private static readonly Dictionary<string, SearchValues<char>> _letters = new()
    {
        ["fa"] = SearchValues.Create("پچژگکی"),
        ["uk"] = SearchValues.Create("іїєґ"),
    };

    public static Language English { get; } = _known["en"];

    public static Language? Find(string? code) => code is null ? null : _known.GetValueOrDefault(code);

    /// <summary>
    /// The language that most of a text is in: by its script, and where a script writes several, by the words that
    /// every text of a language has. Where nothing tells, the script's most usual one; English for numbers and signs.
    /// </summary>
    public static Language Of(string text) => Of(text, usual: null);

    /// <summary>
    /// The language of a part of a text whose language is known: another one only where its words clearly say so, for a
    /// list of names has words of many.
    /// </summary>
    public static Language Of(string part, Language? usual)
    {
        var alphabet = Alphabets.Of(part);
        if (alphabet == Alphabet.None || !_writes.TryGetValue(alphabet, out var codes))
        {
            return usual ?? English;
        }

        if (codes.Length == 1)
        {
            return _known[codes[0]];
        }

        // Each once, and no single letters: a column of "a" and "e" is no Irish.
        var words = Words.In(part).Take(MaxWords).Select(word => word.Form).Where(form => form.Length > 1).ToHashSet();
        var (best, hits) = codes.Select(code => (Language: _known[code], Hits: words.Count(_known[code].IsTelling)))
            .MaxBy(other => other.Hits);
        if (usual is null || !codes.Contains(usual.Code))
        {
            return hits < LeastHits ? _known[Usual(codes, part)] : best;
        }

        return hits < LeastLead + (ClearLead * words.Count(usual.IsTelling)) ? usual : best;
    }

    /// <summary>The language whose own letters a text has; else the likeliest.</summary>
    private static string Usual(string[] codes, string text) =>
        Array.Find(codes, code => _letters.TryGetValue(code, out var letters) && text.AsSpan().ContainsAny(letters))
            ?? codes[0];

    private static IEnumerable<Language> Table() =>
    [
        new("en", EnglishStopWords(), none => new EnglishAnalyzer(Version, none), OtherEnglishWords),
        Of("de", GermanAnalyzer.DefaultStopSet, none => new GermanAnalyzer(Version, none)),
        Of("fr", FrenchAnalyzer.DefaultStopSet, none => new FrenchAnalyzer(Version, none)),
        Of("es", SpanishAnalyzer.DefaultStopSet, none => new SpanishAnalyzer(Version, none)),
        Of("it", ItalianAnalyzer.DefaultStopSet, none => new ItalianAnalyzer(Version, none)),
        Of("pt", PortugueseAnalyzer.DefaultStopSet, none => new PortugueseAnalyzer(Version, none)),
        Of("nl", DutchAnalyzer.DefaultStopSet, none => new DutchAnalyzer(Version, none)),
        Of("da", DanishAnalyzer.DefaultStopSet, none => new DanishAnalyzer(Version, none)),
        Of("sv", SwedishAnalyzer.DefaultStopSet, none => new SwedishAnalyzer(Version, none)),
        Of("no", NorwegianAnalyzer.DefaultStopSet, none => new NorwegianAnalyzer(Version, none)),
        Of("fi", FinnishAnalyzer.DefaultStopSet, none => new FinnishAnalyzer(Version, none)),
        Of("hu", HungarianAnalyzer.DefaultStopSet, none => new HungarianAnalyzer(Version, none)),
        Of("ro", RomanianAnalyzer.DefaultStopSet, none => new RomanianAnalyzer(Version, none)),
        Of("tr", TurkishAnalyzer.DefaultStopSet, none => new TurkishAnalyzer(Version, none)),
        Of("cs", CzechAnalyzer.DefaultStopSet, none => new CzechAnalyzer(Version, none)),
        Of("ca", CatalanAnalyzer.DefaultStopSet, none => new CatalanAnalyzer(Version, none)),
        Of("eu", BasqueAnalyzer.DefaultStopSet, none => new BasqueAnalyzer(Version, none)),
        Of("ga", IrishAnalyzer.DefaultStopSet, none => new IrishAnalyzer(Version, none)),
        Of("gl", GalicianAnalyzer.DefaultStopSet, none => new GalicianAnalyzer(Version, none)),
        Of("id", IndonesianAnalyzer.DefaultStopSet, none => new IndonesianAnalyzer(Version, none)),
        Of("lv", LatvianAnalyzer.DefaultStopSet, none => new LatvianAnalyzer(Version, none)),
        Of("ru", RussianAnalyzer.DefaultStopSet, none => new RussianAnalyzer(Version, none)),
        Of("bg", BulgarianAnalyzer.DefaultStopSet, none => new BulgarianAnalyzer(Version, none)),
        Of("el", GreekAnalyzer.DefaultStopSet, none => new GreekAnalyzer(Version, none)),
        Of("ar", ArabicAnalyzer.DefaultStopSet, none => new ArabicAnalyzer(Version, none)),
        Of("fa", PersianAnalyzer.DefaultStopSet, none => new PersianAnalyzer(Version, none)),
        Of("ckb", SoraniAnalyzer.DefaultStopSet, none => new SoraniAnalyzer(Version, none)),
        Of("hi", HindiAnalyzer.DefaultStopSet, none => new HindiAnalyzer(Version, none)),
        Of("hy", ArmenianAnalyzer.DefaultStopSet, none => new ArmenianAnalyzer(Version, none)),

        // Lucene's analysis of these is a package of its own, or there is none: their words are compared as they are.
        new("vi", ["là của và các có được cho trong với một những không này đã người khi từ đến ở để về"], null),
        new("pl", ["i w z na do nie się jest to że o jak za od po przez dla ale są czy oraz co tym być"], null),
        new("uk", ["і в на з що не до та є у за як це від про для або його її які також"], null),
        new("he", ["של את על לא עם זה הוא היא כי או גם אם מה יש כל"], null),
        new("th", [], null), new("lo", [], null), new("km", [], null), new("my", [], null),
        new("zh", [], null), new("ja", [], null), new("ko", [], null),
    ];

    private static Language Of(
        string code, CharArraySet stopWords, Func<CharArraySet, Lucene.Net.Analysis.Analyzer> analyzer) =>
        new(code, stopWords, analyzer);

    /// <summary>Words that are searched for, but that other languages do not have.</summary>
    private const string OtherEnglishWords =
        """
        all first here more new no not now one only other out over page same see second some there two under up use
        used using very after again against because before below between both down during each few further most own
        through until while title author name number date added example list table total yes item items
        """;

    /// <summary>Function words and the words that questions are made of.</summary>
    private static string[] EnglishStopWords() =>
    [
        """
        a an and are as at be been being but by can could did do does doing for from had has have having he her hers him
        his how i if in into is it its itself me my of on or our ours she should so some such than that the their theirs
        them then there these they this those to too us was we were what when where which while who whom whose why will
        with would you your yours about am any also just may might must shall
        """,
    ];
}
