using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.Options;

namespace AiStack.Retrieval.Privacy;

/// <summary>A value and what stands in its place.</summary>
/// <param name="Text">What stands there, without the spaces that make it as long as the value.</param>
/// <param name="Tag">Of the value: the same for all ways to write it, and by the key alone.</param>
/// <param name="Written">The value as it was written.</param>
internal sealed record StandIn(string Kind, string Text, byte[] Tag, string Written);

/// <summary>
/// Makes stand-ins of one project: of a value always the same, wherever it is read, by a key that is the project's
/// alone. Remembers those that it made. Not for several threads at once.
/// </summary>
internal sealed class StandIns(byte[] key)
{
    /// <summary>Letters of a code: some 44,000,000,000 codes.</summary>
    public const int MaxCode = 8;

    /// <summary>Behind a label there are at least so many; without room for them the code is alone.</summary>
    public const int MinCode = 5;

    /// <summary>Without vowels, so that a code is no word and ends like none, and without what is read as another.
    /// </summary>
    public const string Letters = "BCDFGHJKMNPQRTVWXZ";

    public const string Digits = "23456789";

    private static readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal)
    {
        [PersonalDetails.Person] = "PERSON", [PersonalDetails.Email] = "EMAIL", [PersonalDetails.Phone] = "PHONE",
        [PersonalDetails.Iban] = "IBAN", [PersonalDetails.Card] = "CARD", [PersonalDetails.NationalId] = "ID",
        [PersonalDetails.IpAddress] = "IP", [PersonalDetails.MacAddress] = "MAC",
        [PersonalDetails.CryptoAddress] = "WALLET", [PersonalDetails.DateOfBirth] = "BORN",
        [PersonalDetails.Address] = "ADDRESS",
    };

    private readonly Dictionary<(string Kind, string Written), StandIn> _made = [];

    /// <summary>What stands before the codes: the kinds, as people read them.</summary>
    public static IEnumerable<string> Labels { get; } = [.. _labels.Values, "SECRET"];

    /// <summary>Tells this key from others; it says nothing about the key.</summary>
    public string Fingerprint { get; } =
        Convert.ToHexStringLower(HMACSHA256.HashData(key, "fingerprint"u8)[..8]);

    /// <summary>Those that were made so far.</summary>
    public IReadOnlyCollection<StandIn> Made => _made.Values;

    /// <summary>What stands in the place of a value, exactly as long, in UTF-16 code units.</summary>
    public string InPlace(string kind, string written) => Of(kind, written).Text.PadRight(written.Length);

    public StandIn Of(string kind, string written)
    {
        if (!_made.TryGetValue((kind, written), out var made))
        {
            var tag = TagOf(kind, written);
            var label = $"{_labels.GetValueOrDefault(kind, "SECRET")}_";
            var room = written.Length - label.Length;
            made = new(
                kind, room >= MinCode ? label + Code(tag, room) : Code(tag, written.Length), tag, written);
            _made[(kind, written)] = made;
        }

        return made;
    }

    /// <summary>What a value is known by.</summary>
    public byte[] TagOf(string kind, string written) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{kind}\0{DetailValues.Normalize(kind, written)}"));

    /// <summary>
    /// A letter, a digit, and then either: a code of two or more is no word of a language, and no slip of one. A
    /// shorter code is the beginning of the longer one.
    /// </summary>
    private static string Code(byte[] tag, int length)
    {
        var rest = BinaryPrimitives.ReadUInt64BigEndian(tag);
        var code = new char[Math.Min(length, MaxCode)];
        for (var i = 0; i < code.Length; i++)
        {
            var from = i switch { 0 => Letters, 1 => Digits, _ => Letters + Digits };
            (rest, var at) = Math.DivRem(rest, (ulong)from.Length);
            code[i] = from[(int)at];
        }

        return new(code);
    }
}

/// <summary>
/// The keys of stand-ins: one a project, derived (HKDF, RFC 5869) from the secret that all services share. Every
/// replica has the same, before and after a restart.
/// </summary>
internal sealed class StandInKeys(IOptions<IdentityOptions> identity)
{
    private const int KeyBytes = 32;

    private readonly byte[] _root = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Convert.FromBase64String(identity.Value.SigningKey),
        KeyBytes,
        info: "aistack.retrieval.stand-ins.v1"u8.ToArray());

    public StandIns Of(Id<Project> project) => new(
        HKDF.Expand(HashAlgorithmName.SHA256, _root, KeyBytes, project.Value.ToByteArray(bigEndian: true)));
}
