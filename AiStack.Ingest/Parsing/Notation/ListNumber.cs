using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing.Notation;

/// <summary>Writes the number of a list's item as its list does: <c>7</c>, <c>g</c>, <c>vii</c>.</summary>
internal static class ListNumber
{
    private const int MaxRoman = 4_000;
    private const int MaxLetters = 10;

    private static readonly (int Value, string Letters)[] _roman =
    [
        (1_000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
        (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ];

    public static string Decimal(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What follows a number that says which: 1st, 2nd, 11th.</summary>
    public static string Ordinal(int number) => (number % 100 is >= 11 and <= 13 ? 0 : number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };

    /// <summary>a to z, then aa to zz, as Word counts.</summary>
    public static string Letter(int number) => number is < 1 or > 26 * MaxLetters
        ? Decimal(number)
        : new((char)('a' + ((number - 1) % 26)), ((number - 1) / 26) + 1);

    public static string Roman(int number)
    {
        if (number is < 1 or >= MaxRoman)
        {
            return Decimal(number);
        }

        var text = new StringBuilder();
        foreach (var (value, letters) in _roman)
        {
            for (; number >= value; number -= value)
            {
                text.Append(letters);
            }
        }

        return text.ToString();
    }
}
