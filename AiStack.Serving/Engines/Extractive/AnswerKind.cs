using System.Text.RegularExpressions;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// What kind of thing a question asks for, and whether a sentence has one: an amount of money for "what does it cost",
/// a name for "who". For English; a question in another language asks for no kind that is known here.
/// </summary>
internal sealed partial class AnswerKind
{
    private const RegexOptions Fold = RegexOptions.IgnoreCase;

    /// <summary>What may stand between a number and its unit: "14 consecutive days".</summary>
    private const string Gap = ".{0,20}";

    private const string NumberWord =
        @"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
        + @"|sixty|hundred|half)\b";

    /// <summary>
    /// The first whose question it is counts: "why was the claim for 68 percent refused" asks for a reason.
    /// </summary>
    private static readonly AnswerKind[] _kinds =
    [
        new(AsksWhy(), Reason()),
        new(BeginsWithWho(), given: null),
        new(AsksDay(), Weekday()),
        new(AsksTime(), TimeOfDay()) { CountsAskedWords = true, IsEssential = true },
        DurationIn("years"),
        DurationIn("months"),
        DurationIn("weeks"),
        DurationIn("days"),
        DurationIn("hours"),
        DurationIn("minutes"),
        new(AsksDuration(), Duration()) { CountsAskedWords = true, IsEssential = true },
        Quantity("torque", "Nm|N[·⋅ ]m|newton.met(?:er|re)s?|(?:ft|foot)[-· ]?(?:lbf?|pounds?)|lbf?[-· ]?ft"),
        Quantity("voltage", "[mk]?V|volts?"),
        Quantity("pressure", "m?bar|psi|[hkM]?Pa|atm(?:ospheres?)?"),
        Quantity("temperature", "°[CF]?|degrees?|[CFK]|kelvin"),
        Quantity("speed", "km/h|kph|mph|m/s|knots?|rpm|(?:kilomet(?:er|re)s?|miles?|met(?:er|re)s?) (?:per|an?) \\w+"),
        Quantity("weight", "k?g|kilos?|(?:kilo)?grams?|t|ton(?:ne)?s?|lbs?|pounds?|ounces?"),
        InCurrency("SEK|kronor"),
        InCurrency("NOK|DKK|kroner"),
        InCurrency("EUR|euros?|€"),
        InCurrency("USD|dollars?|[$]"),
        InCurrency("GBP|pounds?|£"),
        new(AsksMoney(), Money()) { CountsAskedWords = true, IsEssential = true },
        new(AsksShare(), Share()) { IsEssential = true },
        new(AsksNumber(), Number()),
        new(AsksDate(), Date()),
        new(AsksWhere(), given: null),
        new(AsksName(), given: null) { IsEssential = true },
        new(AsksWho(), given: null),
    ];

    private readonly Regex _asked;

    /// <summary>How the answer looks; null for a name, which is told by its capital.</summary>
    private readonly Regex? _given;

    private AnswerKind(Regex asked, Regex? given) => (_asked, _given) = (asked, given);

    /// <summary>Whether a word of the question may be a part of the answer: the days of "how many days".</summary>
    private bool CountsAskedWords { get; init; }

    /// <summary>
    /// Whether sentences without such a thing cannot answer: a price without money is none. Who, where, why and how
    /// often can be answered in too many ways for that: by a manager, every week.
    /// </summary>
    public bool IsEssential { get; private init; }

    /// <summary>A number of the unit that the question wants the answer in, where it names one.</summary>
    private Regex? Unit { get; init; }

    /// <summary>The kind that <paramref name="question"/> asks for; null when it may be anything.</summary>
    public static AnswerKind? Of(string question) => Array.Find(_kinds, kind => kind._asked.IsMatch(question));

    /// <summary>
    /// 1 for a sentence with such a thing, -1 for one without, and 0 where it is in another unit than was asked for.
    /// </summary>
    public int Fits(string sentence, HashSet<string> asked) =>
        !IsIn(sentence, asked) ? -1
        : Unit?.IsMatch(sentence) is false ? 0
        : 1;

    /// <summary>
    /// True when <paramref name="sentence"/> has a thing of this kind that is not in the question already.
    /// </summary>
    public bool IsIn(string sentence, HashSet<string> asked)
    {
        if (_given is null)
        {
            // A sentence's first word has a capital anyway.
            return Question.WrittenIn(sentence).Skip(1)
                .Any(word => char.IsUpper(word[0]) && word.Length > 1 && !asked.Contains(word));
        }

        return _given.IsMatch(CountsAskedWords
            ? sentence
            : string.Join(' ', Spaces().Split(sentence).Where(word => !asked.Contains(word.Trim(_marks)))));
    }

    /// <summary>
    /// The same of a sentence with its surroundings: the unit of a table's row may stand in the table's head, which is
    /// elsewhere in the passage.
    /// </summary>
    public bool MayBeIn(QuotedSentence sentence, HashSet<string> asked) =>
        IsIn(sentence.Text, asked)
        || (_given is not null && !sentence.IsFullSentence && IsIn(sentence.Passage.Text, asked));

    /// <summary>"How many days" may be answered with two weeks, but rather with ten days.</summary>
    private static AnswerKind DurationIn(string unit) =>
        new(new($@"\b(?:how many|number of) {unit}\b", Fold), Duration())
        {
            CountsAskedWords = true,
            IsEssential = true,
            Unit = new($@"(?:\d|{NumberWord}){Gap}\b{unit}?\b", Fold),
        };

    /// <summary>Money in the one currency that is asked for: "in Swedish kronor".</summary>
    private static AnswerKind InCurrency(string names) =>
        new(
            new($@"\bin (?:\w+ )?(?:{names})(?!\p{{L}})", Fold),
            new($@"(?<!\p{{L}})(?:{names})(?!\p{{L}})", Fold))
        {
            CountsAskedWords = true,
            IsEssential = true,
        };

    /// <summary>
    /// What is measured in units of its own. It is asked for when nothing that it says more about follows: not in
    /// "which pressure gauge".
    /// </summary>
    private static AnswerKind Quantity(string name, string units) =>
        new(
            new(
                $@"\b(?:what|which)(?: [\w'’-]+){{0,4}}? {name}s?"
                + @"(?=\W*$|,| (?:is|are|was|were|do|does|did|must|may|can|should|will|has|have)\b"
                + @"| (?:of|in|at|for|to|on|with)\b)",
                Fold),
            new($@"\d ?(?:{units})(?!\p{{L}})", Fold))
        {
            CountsAskedWords = true,
            IsEssential = true,
        };

    private static readonly char[] _marks = [.. ".,;:!?()[]\"'“”"];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\bwhy\b|\bfor what reason\b|\bwhat (?:was|is) the reason\b|\bwhat caused\b", Fold)]
    private static partial Regex AsksWhy();

    [GeneratedRegex(
        @"\b(?:because|since|due to|so that|so as|reason|therefore|thus|in order|as a result|to avoid"
        + @"|caused|led to|after|for)\b|:",
        Fold)]
    private static partial Regex Reason();

    [GeneratedRegex(@"^\W*(?:who|whom|whose)\b", Fold)]
    private static partial Regex BeginsWithWho();

    [GeneratedRegex(@"\bday of the week\b|\bweekday\b|\b(?:what|which) day\b", Fold)]
    private static partial Regex AsksDay();

    [GeneratedRegex(@"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b", Fold)]
    private static partial Regex Weekday();

    [GeneratedRegex(
        @"\b(?:what|which|latest|earliest) times?\b(?! (?:of|zone|frame|period|span)\b)|\bwhat hours?\b|\bo'clock\b",
        Fold)]
    private static partial Regex AsksTime();

    [GeneratedRegex(
        @"\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?(?:am|pm|a\.m|p\.m)\b|\bo'clock\b"
        + @"|\b(?:noon|midday|midnight|morning|afternoon|evening|sunrise|sunset)\b"
        + @"|\bat (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
        Fold)]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"\bhow long\b", Fold)]
    private static partial Regex AsksDuration();

    [GeneratedRegex(
        @"(?:\d|" + NumberWord + ")" + Gap + @"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|cycles)\b"
        + @"|\d ?(?:mm|cm|m|km|met(?:er|re)s?|feet|ft|inch(?:es)?|miles?|characters|pages|words)\b"
        + @"|\b(?:until|as long as|century|centuries|decades?|years|months|indefinitely|permanently|forever)\b",
        Fold)]
    private static partial Regex Duration();

    // "What is the price" asks for money, "what is the price list" and "when is the fee due" don't.
    [GeneratedRegex(
        @"\bhow much (?:money|does|do|did|is|was|are|were)\b.*"
        + @"\b(?:cost|pay|paid|price|spend|spent|worth|earn|charge|fee)\b|\bhow much money\b"
        + @"|\bwhat (?:do|does|did|will|would)\b.*\bcost\b"
        + @"|\bwhat (?:is|was|are|were) (?:[\w'’-]+ ){0,4}?"
        + @"(?:price|costs?|fee|salary|budget|bounty|allowance|wage|revenue|rent)\b"
        + @"(?! (?:lists?|policy|process|plan|period|holder|review|categor\w+|code))",
        Fold)]
    private static partial Regex AsksMoney();

    [GeneratedRegex(
        @"[$€£]|\b(?:NOK|EUR|USD|SEK|DKK|GBP|kr|kroner|kronor|euros?|dollars?|pounds?)\b|\d+\.\d\d\b"
        + @"|_(?:nok|eur|usd|sek|dkk|gbp)(?:_|\b)|\b(?:is|are|for) free\b|\bfree of charge\b"
        + @"|\bno (?:charge|cost|fee)\b",
        Fold)]
    private static partial Regex Money();

    [GeneratedRegex(@"\b(?:percent|percentage|proportion|what share|fraction)\b", Fold)]
    private static partial Regex AsksShare();

    [GeneratedRegex(
        @"%|\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|tenths?|majority)\b|\b\d+/\d+\b"
        + @"|\b(?:\d+|one|two|three|four|nine) (?:in|out of) (?:every )?(?:\d+|two|three|four|five|ten)\b",
        Fold)]
    private static partial Regex Share();

    [GeneratedRegex(
        @"\bhow (?:many|much|far|old|often|full|high|large|big|fast|tall|deep|wide|heavy|hot|cold|late|early|soon)\b"
        + @"|\b(?:what|which) (?:\w+ ){0,3}"
        + @"(?:number|amount|rate|speed|limit|distance|temperature|size|length|weight|age|population)\b"
        + @"|\b(?:maximum|minimum|highest|lowest|torque|ratio|score)\b", Fold)]
    private static partial Regex AsksNumber();

    [GeneratedRegex(
        @"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
        + @"|sixty|hundred|thousand|million|billion|half|third|quarter|twice|once|dozen)\b", Fold)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^\W*when\b|[,.] when\b|\b(?:until|since|by) when\b"
        + @"|\b(?:what|which) (?:\w+ )?(?:year|date|month|century|decade)\b",
        Fold)]
    private static partial Regex AsksDate();

    [GeneratedRegex(
        @"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
        + @"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", Fold)]
    private static partial Regex Date();

    [GeneratedRegex(@"\bwhere\b|\b(?:what|which) (?:country|city|town|state|region|river|continent)\b", Fold)]
    private static partial Regex AsksWhere();

    [GeneratedRegex(
        @"\bname of\b|\b(?:what|which) (?:\w+ )?(?:company|person|team|band|organi[sz]ation)\b",
        Fold)]
    private static partial Regex AsksName();

    [GeneratedRegex(@"\b(?:who|whom|whose)\b", Fold)]
    private static partial Regex AsksWho();
}
