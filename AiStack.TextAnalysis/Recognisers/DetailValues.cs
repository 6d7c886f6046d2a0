using System.Globalization;
using System.Text;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>Tells whether two details are the same value, however they are written.</summary>
public static class DetailValues
{
    /// <summary>
    /// The value of a detail, alike for all ways to write it: in NFKC, without case, with one space for each gap; of
    /// telephone numbers and cards the digits, of other numbers the letters and digits. Secrets are as they are.
    /// </summary>
    public static string Normalize(string kind, string written)
    {
        ArgumentNullException.ThrowIfNull(written);
        if (kind == PersonalDetails.CryptoAddress || Secrets.Kinds.Contains(kind))
        {
            return written.Trim();
        }

        var folded = Folded(written);
        var kept = kind switch
        {
            PersonalDetails.Phone or PersonalDetails.Card => Digits(folded),
            PersonalDetails.Iban or PersonalDetails.NationalId or PersonalDetails.MacAddress =>
                string.Concat(folded.Where(char.IsLetterOrDigit)),
            _ => "",
        };
        return kept.Length > 0
            ? kept
            : string.Join(' ', folded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    // By upper case first: two letters that share one, as both sigmas do, are the same then.
    private static string Folded(string text)
    {
        try
        {
            text = text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair has no normal form.
        }

        return text.ToUpperInvariant().ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal);
    }

    private static string Digits(string text) => string.Concat(
        text.Select(letter => CharUnicodeInfo.GetDecimalDigitValue(letter)).Where(digit => digit >= 0));
}
