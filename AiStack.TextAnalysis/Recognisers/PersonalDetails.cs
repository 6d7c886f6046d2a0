namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Finds what points to a person and has a form of its own: mail addresses, telephone numbers, accounts, cards, network
/// addresses and national numbers. Where the form has check digits, they must be right. Names and street addresses have
/// no form, and are not found. The time is linear in the text, whatever the text is.
/// </summary>
public static class PersonalDetails
{
    public const string Email = "email";
    public const string Phone = "phone";
    public const string Iban = "iban";
    public const string Card = "card";
    public const string IpAddress = "ip_address";
    public const string NationalId = "national_id";

    /// <summary>All that were found, apart from each other and in their order.</summary>
    public static List<Finding> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hasDigits = text.AsSpan().ContainsAnyInRange('0', '9');
        if (!hasDigits && !text.AsSpan().ContainsAny('@', ':'))
        {
            return [];
        }

        List<Finding> found = [.. MailAddresses.Find(text), .. NetworkAddresses.Find(text)];
        if (hasDigits)
        {
            // What has check digits says more than the form of a telephone number.
            var numbers = Finding.Apart([.. BankNumbers.Find(text), .. NationalNumbers.Find(text)]);
            found.AddRange(numbers);
            found.AddRange(Beside(PhoneNumbers.Find(text), numbers));
        }

        return Finding.Apart(found);
    }

    /// <summary>Those that overlap none of the others, which are apart and in their order.</summary>
    private static IEnumerable<Finding> Beside(IEnumerable<Finding> findings, List<Finding> others)
    {
        var at = 0;
        foreach (var finding in findings.OrderBy(each => each.Start))
        {
            while (at < others.Count && others[at].End <= finding.Start)
            {
                at++;
            }

            if (at == others.Count || others[at].Start >= finding.End)
            {
                yield return finding;
            }
        }
    }
}
