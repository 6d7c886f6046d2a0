using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Numbers that states give people, with right check digits: of Belgium, Brazil, China, Finland, France, Italy, Norway,
/// Poland, Spain, Sweden, Switzerland and Turkey by their form alone, and those of the United States by their groups.
/// In documents also those of Denmark, Germany, India, the Netherlands and the United Kingdom (NHS), which look like
/// other numbers, behind a word that says what they are, and National Insurance numbers, which begin with a word of
/// their own: what is divided at spaces cannot be looked at so.
/// </summary>
internal static partial class NationalNumbers
{
    /// <summary>How far before a number the word stands that says what it is.</summary>
    private const int Near = 48;

    private static readonly Form[] _forms =
    [
        new(UnitedStates(), IsUnitedStates),
        new(Brazil(), value => IsBrazil(CheckDigits.Of(value))),
        new(Spain(), IsSpain),
        new(ElevenDigits(), value => CheckDigits.Of(value) is var digits && (IsNorway(digits) || IsPoland(digits)
            || IsTurkey(digits))),
        new(Sweden(), IsSweden),
        new(Finland(), IsFinland),
        new(Italy(), IsItaly),
        new(France(), IsFrance),
        new(Belgium(), value => IsBelgium(CheckDigits.Of(value))),
        new(Switzerland(), value => CheckDigits.Of(value) is var digits
            && (10 - (CheckDigits.Weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 == digits[12]),
        new(China(), IsChina),
    ];

    private static readonly Form[] _inDocuments =
    [
        .. _forms,
        new(Insurance(), _ => true),
        new(Health(), value => IsHealth(CheckDigits.Of(value)), HealthWords()),
        new(Germany(), value => CheckDigits.IsMod11And10(CheckDigits.Of(value)), GermanWords()),
        new(Netherlands(), value => IsNetherlands(CheckDigits.Of(value)), DutchWords()),
        new(India(), value => CheckDigits.IsVerhoeff(CheckDigits.Of(value)), IndianWords()),
        new(Denmark(), value => IsDay(CheckDigits.Of(value)), DanishWords()),
    ];

    public static IEnumerable<Finding> Find(string text, bool isDocument)
    {
        foreach (var form in isDocument ? _inDocuments : _forms)
        {
            foreach (var match in form.Pattern.EnumerateMatches(text).ToList(text))
            {
                if (form.IsOne(match.Value) && form.IsSaid(text, match.Start))
                {
                    yield return new(PersonalDetails.NationalId, match.Start, match.Value.Length);
                }
            }
        }
    }

    // What the Social Security Administration never gives out.
    private static bool IsUnitedStates(string value) =>
        value[..3] is not ("000" or "666") && value[0] != '9' && value[4..6] != "00" && value[7..] != "0000";

    /// <summary>A day of a month, at the beginning of the digits; it may be raised by 40 where it is not for good.
    /// </summary>
    private static bool IsDay(int[] digits)
    {
        var (day, month) = ((digits[0] * 10) + digits[1], (digits[2] * 10) + digits[3]);
        return day is (>= 1 and <= 31) or (>= 41 and <= 71) && month is >= 1 and <= 12;
    }

    private static bool IsNorway(int[] digits) => IsDay(digits)
        && CheckDigits.Weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
        && CheckDigits.Weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0;

    // The month is raised by 20 to 80 for other centuries.
    private static bool IsPoland(int[] digits) =>
        (((digits[2] * 10) + digits[3]) % 20) is >= 1 and <= 12 && ((digits[4] * 10) + digits[5]) is >= 1 and <= 31
        && CheckDigits.Weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0;

    private static bool IsTurkey(int[] digits) => digits[0] != 0
        && ((CheckDigits.Weighted(digits, [7, -1, 7, -1, 7, -1, 7, -1, 7]) % 10) + 10) % 10 == digits[9]
        && digits[..10].Sum() % 10 == digits[10];

    private static bool IsBrazil(int[] digits) => digits.Distinct().Count() > 1
        && CheckDigits.Weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digits[9]
        && CheckDigits.Weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == digits[10];

    private static bool IsSpain(string value)
    {
        var plain = Plain(value);
        var number = plain[..^1].Replace('X', '0').Replace('Y', '1').Replace('Z', '2');
        return "TRWAGMYFPDXBNJZSQVHLCKE"[int.Parse(number, null) % 23] == plain[^1];
    }

    // The day is raised by 60 for a coordination number.
    private static bool IsSweden(string value)
    {
        var digits = CheckDigits.Of(value)[^10..];
        var (month, day) = ((digits[2] * 10) + digits[3], (digits[4] * 10) + digits[5]);
        return month is >= 1 and <= 12 && day is (>= 1 and <= 31) or (>= 61 and <= 91) && CheckDigits.IsLuhn(digits);
    }

    private static bool IsFinland(string value)
    {
        int[] digits = [.. CheckDigits.Of(value[..6]), .. CheckDigits.Of(value[7..10])];
        return IsDay(digits) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[CheckDigits.Rest(digits, 31)] == value[^1];
    }

    // Decreto Ministeriale 23/12/1976: characters on odd places have values of their own.
    private static bool IsItaly(string value)
    {
        ReadOnlySpan<int> odd =
            [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        var (plain, sum) = (Plain(value), 0);
        for (var i = 0; i < 15; i++)
        {
            var place = char.IsAsciiDigit(plain[i]) ? plain[i] - '0' : plain[i] - 'A';
            sum += i % 2 == 0 ? odd[place] : place;
        }

        return sum % 26 == plain[15] - 'A';
    }

    // Corsica's departments, 2A and 2B, count as 19 and 18.
    private static bool IsFrance(string value)
    {
        var plain = Plain(value).Replace("2A", "19", StringComparison.Ordinal)
            .Replace("2B", "18", StringComparison.Ordinal);
        var digits = CheckDigits.Of(plain);
        return digits.Length == 15 && ((digits[3] * 10) + digits[4]) is (>= 1 and <= 12) or (>= 20 and <= 42)
            && 97 - CheckDigits.Rest(digits.AsSpan(0, 13), 97) == (digits[13] * 10) + digits[14];
    }

    // Who was born since 2000 has a 2 put before.
    private static bool IsBelgium(int[] digits) => ((digits[2] * 10) + digits[3]) % 20 <= 12
        && (97 - CheckDigits.Rest(digits.AsSpan(0, 9), 97) == (digits[9] * 10) + digits[10]
            || 97 - CheckDigits.Rest([2, .. digits[..9]], 97) == (digits[9] * 10) + digits[10]);

    private static bool IsChina(string value) =>
        "10X98765432"[CheckDigits.Weighted(CheckDigits.Of(value[..17]), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8,
            4, 2]) % 11] == value[17];

    private static bool IsHealth(int[] digits) =>
        (11 - (CheckDigits.Weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 == digits[9];

    private static bool IsNetherlands(int[] digits) =>
        digits.Any(digit => digit > 0) && CheckDigits.Weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0;

    private static string Plain(string value) => string.Concat(value.Where(char.IsAsciiLetterOrDigit));

    /// <param name="Words">What must stand before it; null where its form is enough.</param>
    private sealed record Form(Regex Pattern, Func<string, bool> IsOne, Regex? Words = null)
    {
        public bool IsSaid(string text, int start) =>
            Words?.StandsBefore(text, start, Near) != false;
    }

    private const string Before = @"(?<![\w.+\-])";
    private const string After = @"(?!\w|[.\-][0-9])";

    [GeneratedRegex(Before + "[0-9]{3}-[0-9]{2}-[0-9]{4}" + After)]
    private static partial Regex UnitedStates();

    [GeneratedRegex(Before + @"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}" + After)]
    private static partial Regex Brazil();

    [GeneratedRegex(Before + @"(?:[0-9]{8}|[XYZ][ \-]?[0-9]{7}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ \-]?[A-Z]" + After)]
    private static partial Regex Spain();

    [GeneratedRegex(Before + "[0-9]{6} ?[0-9]{5}" + After)]
    private static partial Regex ElevenDigits();

    [GeneratedRegex(Before + @"(?:19|20)?[0-9]{6}[\-+][0-9]{4}" + After)]
    private static partial Regex Sweden();

    [GeneratedRegex(Before + "[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]" + After)]
    private static partial Regex Finland();

    [GeneratedRegex(
        Before + "[A-Z]{6}[0-9L-V]{2}[A-EHLMPRST][0-9L-V]{2}[A-Z][0-9L-V]{3}[A-Z]" + After)]
    private static partial Regex Italy();

    [GeneratedRegex(
        Before + "[12] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}" + After)]
    private static partial Regex France();

    [GeneratedRegex(Before + @"[0-9]{2}\.[0-9]{2}\.[0-9]{2}[ \-][0-9]{3}[.\-][0-9]{2}" + After)]
    private static partial Regex Belgium();

    [GeneratedRegex(Before + @"756(?:\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}|[0-9]{10})" + After)]
    private static partial Regex Switzerland();

    [GeneratedRegex(Before + "[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]" + After)]
    private static partial Regex China();

    // Prefixes that HM Revenue & Customs does not give out are left out.
    [GeneratedRegex(
        Before + "(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        + "(?: ?[0-9]{2} [0-9]{2} [0-9]{2} ?|[0-9]{6})[A-D]" + After)]
    private static partial Regex Insurance();

    [GeneratedRegex(Before + @"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}" + After)]
    private static partial Regex Health();

    [GeneratedRegex(Before + "[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}" + After)]
    private static partial Regex Germany();

    [GeneratedRegex(Before + @"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}" + After)]
    private static partial Regex Netherlands();

    [GeneratedRegex(Before + "[2-9][0-9]{3} ?[0-9]{4} ?[0-9]{4}" + After)]
    private static partial Regex India();

    [GeneratedRegex(Before + "[0-9]{6}-?[0-9]{4}" + After)]
    private static partial Regex Denmark();

    [GeneratedRegex(@"\bNHS\b", RegexOptions.IgnoreCase)]
    private static partial Regex HealthWords();

    [GeneratedRegex(@"Steuer|\bIdNr\b|\bTIN\b|\bTax ID", RegexOptions.IgnoreCase)]
    private static partial Regex GermanWords();

    [GeneratedRegex(@"\bBSN\b|burgerservice", RegexOptions.IgnoreCase)]
    private static partial Regex DutchWords();

    [GeneratedRegex(@"a{1,2}dh?aa?r", RegexOptions.IgnoreCase)]
    private static partial Regex IndianWords();

    [GeneratedRegex(@"\bCPR\b|personnummer", RegexOptions.IgnoreCase)]
    private static partial Regex DanishWords();
}
