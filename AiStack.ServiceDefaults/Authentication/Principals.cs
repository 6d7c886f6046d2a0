using System.Text;
using AiStack.Contracts;
using Microsoft.Extensions.Primitives;

namespace AiStack.ServiceDefaults.Authentication;

/// <summary>
/// The names of those whom a document is for, and of the one who asks: <c>user:ann@example.com</c>, <c>group:hr</c>.
/// They are opaque, and compared letter by letter.
/// </summary>
public static class Principals
{
    /// <summary>The header by which a caller says for whom it asks: principals with commas between.</summary>
    public const string Header = "AiStack-Principals";

    /// <summary>The most that a document is for, and that one request is made for.</summary>
    public const int MaxCount = 200;

    /// <summary>The most characters of one.</summary>
    public const int MaxLength = 256;

    /// <summary>The most characters of the header. Services tell it to each other in a header, too.</summary>
    public const int MaxHeaderLength = 16_384;

    /// <summary>What stands between principals; none has it.</summary>
    public const char Separator = ',';

    /// <summary>Those of nobody in particular.</summary>
    public static IReadOnlySet<string> None { get; } = new HashSet<string>();

    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with a list of them, if anything. Null is no list, and good.</summary>
    public static Fault? Check(IReadOnlyList<string>? principals, string field) => principals switch
    {
        { Count: > MaxCount } =>
            new(FaultCode.InvalidArgument, $"'{field}' may have at most {MaxCount} entries.", field),
        not null when !principals.All(IsGood) => new(
            FaultCode.InvalidArgument,
            $"'{field}' must hold texts of 1 to {MaxLength} characters, without commas, control characters, or spaces "
            + "at their ends.",
            field),
        _ => null,
    };

    /// <summary>Reads the header. An empty one is of somebody who has none.</summary>
    public static Outcome<IReadOnlySet<string>> Read(StringValues header)
    {
        // Of two, one may have been added by a program between that did not see the other.
        if (header is not [{ Length: <= MaxHeaderLength } text])
        {
            return Wrong($"must be there once, with at most {MaxHeaderLength} characters");
        }

        string[] parts = string.IsNullOrWhiteSpace(text) ? [] : text.Split(Separator);
        if (parts.Length > MaxCount)
        {
            return Wrong($"may name at most {MaxCount} principals");
        }

        var principals = new HashSet<string>(parts.Length, StringComparer.Ordinal);
        foreach (var part in parts)
        {
            if (Decoded(part.Trim(' ', '\t')) is not { } principal || !IsGood(principal))
            {
                return Wrong(
                    $"must name principals of 1 to {MaxLength} characters, with commas between; what is not ASCII, "
                    + "and a percent sign, is percent-encoded as UTF-8");
            }

            principals.Add(principal);
        }

        return principals;
    }

    private static bool IsGood(string? principal) =>
        principal is { Length: > 0 and <= MaxLength }
        && !principal.Any(letter => letter == Separator || char.IsControl(letter))
        && !char.IsWhiteSpace(principal[0]) && !char.IsWhiteSpace(principal[^1]);

    /// <summary>The text without its percent-encoding; null where that is none.</summary>
    private static string? Decoded(string text)
    {
        if (!text.All(letter => letter is >= ' ' and <= '~'))
        {
            return null;
        }

        try
        {
            var bytes = new List<byte>(text.Length);
            for (var at = 0; at < text.Length; at++)
            {
                bytes.AddRange(text[at] == '%' ? Convert.FromHexString(text.AsSpan(at + 1, 2)) : [(byte)text[at]]);
                at += text[at] == '%' ? 2 : 0;
            }

            return _strict.GetString([.. bytes]);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static Fault Wrong(string what) => new(FaultCode.InvalidArgument, $"The header {Header} {what}.", Header);
}
