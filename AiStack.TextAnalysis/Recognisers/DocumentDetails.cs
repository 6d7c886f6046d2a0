namespace AiStack.TextAnalysis.Recognisers;

/// <summary>What is looked for in documents: what points to a person, and secrets.</summary>
public static class DocumentDetails
{
    /// <summary>Every kind that is recognised.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        PersonalDetails.Email, PersonalDetails.Phone, PersonalDetails.Iban, PersonalDetails.Card,
        PersonalDetails.NationalId, PersonalDetails.IpAddress, PersonalDetails.MacAddress,
        PersonalDetails.CryptoAddress, PersonalDetails.DateOfBirth, PersonalDetails.Address, PersonalDetails.Person,
        .. Secrets.Kinds,
    ];

    /// <summary>All of them, apart from each other and in their order.</summary>
    public static IReadOnlyList<Finding> Find(string text) =>
        Finding.Apart([.. PersonalDetails.FindInDocument(text), .. Secrets.Find(text)]);
}
