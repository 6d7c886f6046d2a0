using System.Text.RegularExpressions;
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

    [GeneratedRegex(@"(?<![\w+])(?:\+|00)[1-9](?:[ ./\-]?\(?[0-9]\)?){6,16}(?![0-9])")]
    private static partial Regex International();

    [GeneratedRegex(
        @"(?<![\w.+\-])(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}"
        + @"(?![\w\-]|\.[0-9])")]
    private static partial Regex InGroups();
}
