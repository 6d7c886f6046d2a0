using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Numbers that states give people, of those that have check digits (Norway, Spain, Brazil), and the Social Security
/// number of the United States, which has none, only where it is written in its groups.
/// </summary>
internal static partial class NationalNumbers
{
    public static IEnumerable<Finding> Find(string text)
    {
        foreach (var match in Numbers().EnumerateMatches(text).ToList(text))
        {
            if (IsOne(match.Value))
            {
                yield return new(PersonalDetails.NationalId, match.Start, match.Value.Length);
            }
        }
    }

    private static bool IsOne(string value) => value switch
    {
        [_, _, _, '-', _, _, '-', ..] => IsUnitedStates(value),
        [.., '-', _, _] => IsBrazil(Digits(value)),
        [.., >= 'A' and <= 'Z'] => IsSpain(value),
        _ => IsNorway(Digits(value)),
    };

    // What the Social Security Administration never gives out.
    private static bool IsUnitedStates(string value) =>
        value[..3] is not ("000" or "666") && value[0] != '9' && value[4..6] != "00" && value[7..] != "0000";

    private static bool IsNorway(int[] digits)
    {
        // The day may be raised by 40, for a number that is not for good.
        var (day, month) = ((digits[0] * 10) + digits[1], (digits[2] * 10) + digits[3]);
        return day is (>= 1 and <= 31) or (>= 41 and <= 71) && month is >= 1 and <= 12
            && Sum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
            && Sum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0;
    }

    private static bool IsBrazil(int[] digits) =>
        digits.Distinct().Count() > 1
        && Check(Sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2])) == digits[9]
        && Check(Sum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == digits[10];

    private static int Check(int sum) => sum * 10 % 11 % 10;

    private static bool IsSpain(string value)
    {
        var number = value[..^1].Replace('X', '0').Replace('Y', '1').Replace('Z', '2');
        return "TRWAGMYFPDXBNJZSQVHLCKE"[int.Parse(number, null) % 23] == value[^1];
    }

    private static int Sum(int[] digits, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += digits[i] * weights[i];
        }

        return sum;
    }

    private static int[] Digits(string value) =>
        [.. value.Where(char.IsAsciiDigit).Select(digit => digit - '0')];

    [GeneratedRegex(
        @"(?<![\w.,+\-])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[XYZ0-9][0-9]{7}[A-Z]"
        + @"|[0-9]{6} ?[0-9]{5})(?!\w|[.,\-][0-9])")]
    private static partial Regex Numbers();
}
