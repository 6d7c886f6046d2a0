using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers.People;

/// <summary>
/// Dates of which the text says that somebody was born then: behind words for it in English, German, French, Spanish,
/// Italian, Portuguese, Dutch, Polish and the Nordic languages, or in a column that is called so.
/// </summary>
internal static partial class BirthDates
{
    /// <summary>How far before the date the word stands.</summary>
    private const int Near = 40;

    public static IEnumerable<Finding> Find(string text)
    {
        foreach (var match in Dates().EnumerateMatches(text).ToList(text))
        {
            if (Births().StandsBefore(text, match.Start, Near))
            {
                yield return new(PersonalDetails.DateOfBirth, match.Start, match.Value.Length);
            }
        }
    }

    /// <summary>Those of a table's columns.</summary>
    public static IEnumerable<Finding> Find(string text, IEnumerable<Cell> cells) => cells
        .Called(column => Births().IsMatch($"{column} "))
        .SelectMany(cell => Dates().EnumerateMatches(text.AsSpan(cell.Start, cell.Length))
            .ToList(text.Substring(cell.Start, cell.Length))
            .Select(match => new Finding(
                PersonalDetails.DateOfBirth, cell.Start + match.Start, match.Value.Length)));

    private const string Months =
        "(?:jan|feb|mar|apr|may|maj|mai|mei|jun|jul|aug|sep|oct|okt|nov|dec|dez|des|ene|abr|ago|dic|gen|mag|giu|lug"
        + "|set|ott|fév|avr|août|déc|juin|juil|juli|juni|mär|marzo|mars|stycz|lut|kwie|maja|czerw|lip|sierp|wrze|paźd"
        + "|list|grud)[\\p{L}]{0,9}\\.?";

    [GeneratedRegex(
        @"(?<![\w.\-/])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}(?<sign>[./\-])\s?[0-9]{1,2}\k<sign>\s?(?:[0-9]{4}"
        + @"|[0-9]{2})"
        + @"|[0-9]{1,2}(?:st|nd|rd|th|\.|er|º|°)?\s(?:de\s|of\s)?" + Months + @",?\s(?:de\s|del\s)?[0-9]{4}"
        + "|" + Months + @"\s[0-9]{1,2}(?:st|nd|rd|th)?,?\s[0-9]{4})(?![\w/]|[.\-][0-9])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Dates();

    // Up to the date stand no other sentence, and no other date.
    [GeneratedRegex(
        @"(?<![\p{L}])(?:born|birth\s?date|date\s+of\s+birth|birth|birthday|b-?day|d\.?\s?o\.?\s?b\.?|geb(?:oren"
        + @"|\.|-?datum)?"
        + @"|geburts(?:datum|tag)|né(?:e|\(e\)|·e)?|naissance|nacid[oa]|nacimiento|nac\.|nat[oa]|nascita|nascid[oa]"
        + @"|nascimento|født|fødselsdato|fødd|f\.|född|födelsedatum|födelsedag|syntynyt|geboortedatum|urodzon[ya]"
        + @"|urodzenia|ur\.)(?![\p{L}])[^0-9!?]{0,24}$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Births();
}
