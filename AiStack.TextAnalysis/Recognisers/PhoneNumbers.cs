using System.Text.RegularExpressions;
using AiStack.TextAnalysis.Recognisers.People;
using PhoneNumbers;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Telephone numbers that exist by libphonenumber's plans: with the code of a country (+47, 0047), or in the groups of
/// North America. Others look like any number.
/// </summary>
internal static partial class PhoneNumbers
{
    private const string NoRegion = "ZZ";
    private const string NorthAmerica = "US";

    /// <summary>How far before a number the word stands that says what it is.</summary>
    private const int Near = 36;

    /// <summary>What is shorter is an extension of a house, or a year.</summary>
    private const int LeastDigits = 6;

    private static readonly Dictionary<string, string[]> _regions = new(StringComparer.Ordinal)
    {
        ["en"] = ["GB", "US"], ["de"] = ["DE", "AT"], ["fr"] = ["FR"], ["es"] = ["ES"], ["it"] = ["IT"],
        ["pt"] = ["PT", "BR"], ["nl"] = ["NL"], ["no"] = ["NO"],
        ["sv"] = ["SE"], ["da"] = ["DK"], ["fi"] = ["FI"], ["pl"] = ["PL"], ["tr"] = ["TR"],
    };

    private static readonly char[] _between = [' ', '-', '/', '.'];

    private static readonly PhoneNumberUtil _numbers = PhoneNumberUtil.GetInstance();

    public static IEnumerable<Finding> Find(string text)
    {
        foreach (var match in International().EnumerateMatches(text).ToList(text))
        {
            var written = match.Value[0] == '+' ? match.Value : $"+{match.Value[2..]}";
            // Digits of the next words may follow it.
            if (Longest(written) is { } length)
            {
                yield return new(PersonalDetails.Phone, match.Start, length + match.Value.Length - written.Length);
            }
        }

        foreach (var match in InGroups().EnumerateMatches(text).ToList(text))
        {
            if (IsValid(match.Value, NorthAmerica))
            {
                yield return new(PersonalDetails.Phone, match.Start, match.Value.Length);
            }
        }
    }

    /// <summary>
    /// As <see cref="Find"/>, and those that are written as at home in the countries of the text's language, with a
    /// zero before them or a word that says what they are; behind such a word it is enough that their length is right.
    /// </summary>
    public static IEnumerable<Finding> FindInDocument(string text, IReadOnlyList<Cell> cells)
    {
        var regions = _regions.GetValueOrDefault(Languages.Of(text).Code, ["GB", "US"]);
        var columns = cells.Called(column => Words().IsMatch($"{column} ")).Select(cell => cell.Start).ToHashSet();
        foreach (var match in AtHome().EnumerateMatches(text).ToList(text))
        {
            var isSaid = columns.Contains(match.Start) || Words().StandsBefore(text, match.Start, Near);
            isSaid |= match.Value[0] == '+';
            if (match.Value.Count(char.IsAsciiDigit) >= LeastDigits && !Dates().IsMatch(match.Value)
                && regions.Any(region => IsNumber(match.Value, region, isSaid)))
            {
                yield return new(PersonalDetails.Phone, match.Start, match.Value.Length);
            }
        }
    }

    private static bool IsNumber(string written, string region, bool isSaid)
    {
        try
        {
            var number = _numbers.Parse(written, region);
            return isSaid ? _numbers.IsPossibleNumber(number)
                : _numbers.IsValidNumber(number)
                    && (IsInItsGroups(written, number)
                        || (written[0] == '0' && written.AsSpan().ContainsAny(_between)));
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Whether it is divided as people there divide it.</summary>
    private static bool IsInItsGroups(string written, PhoneNumber number) =>
        written.AsSpan().ContainsAny(_between)
        && Groups(written).SequenceEqual(Groups(_numbers.Format(number, PhoneNumberFormat.NATIONAL)));

    private static string[] Groups(string written) =>
        written.Split([' ', '-', '/', '.', '(', ')', '\u00A0'], StringSplitOptions.RemoveEmptyEntries);

    private static int? Longest(string written)
    {
        for (var length = written.Length; length >= 8; length = written.LastIndexOfAny(_between, length - 1))
        {
            if (char.IsAsciiDigit(written[length - 1]) && IsValid(written[..length], NoRegion))
            {
                return length;
            }
        }

        return null;
    }

    private static bool IsValid(string written, string region)
    {
        try
        {
            return _numbers.IsValidNumber(_numbers.Parse(written, region));
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"(?<![\w.,+\-/])(?>(?:\+[0-9]{1,3} ?(?:\(0\) ?)?)?\(?[0-9]{2,5}\)?(?:(?: ?[/\-–.] ?"
        + @"| )?[0-9]{1,4}){1,5})(?![\w]|[.,\-/][0-9])")]
    private static partial Regex AtHome();

    [GeneratedRegex(@"^[0-9]{1,2}([./\-])[0-9]{1,2}\1(?:[0-9]{2}|[0-9]{4})$")]
    private static partial Regex Dates();

    [GeneratedRegex(
        @"(?<![\p{L}])(?:tel(?:ephone|efon|éfono|efono|\.)?|te[l1]\b|telefonnummer|phone|mobile?|cell|call|ring"
        + @"|fax|tlf\.?|mobil(?:e|nummer)?"
        + @"|handy|durchwahl|rückruf|rückfragen|erreichbar|anrufen|téléphone|tél\.?|t\s?é\s?l\.?|portable"
        + @"|appele[rz]|joindre|móvil"
        + @"|teléfono|llam[ae]r?|cellulare|cell\.|chiam[ai](?:re)?|recapito|number|nummer|numéro|número|numero"
        + @"|whatsapp|sms)"
        + @"(?![\p{L}])[^0-9+\n]{0,24}$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"(?<![\w+])(?:\+|00)[1-9](?:[ ./\-]?\(?[0-9]\)?){6,16}(?![0-9])")]
    private static partial Regex International();

    [GeneratedRegex(
        @"(?<![\w.+\-])(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}"
        + @"(?![\w\-]|\.[0-9])")]
    private static partial Regex InGroups();
}
