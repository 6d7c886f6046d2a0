using System.Text.RegularExpressions;

namespace AiStack.AppHost.Local.Feed;

/// <summary>
/// Keeps secrets on this side of the control endpoint: the ones that the stack has made or was given are hidden
/// wherever they stand, and whatever else by its name must be one is hidden as a whole.
/// </summary>
internal sealed partial class Redaction
{
    /// <summary>What is shown in the place of a secret.</summary>
    public const string Mask = "••••";

    /// <summary>A shorter text would be hidden in words that only happen to hold it.</summary>
    private const int MinLength = 8;

    private readonly Lock _lock = new();
    private string[] _secrets = [];

    /// <summary>Remembers a secret, and gives it back.</summary>
    public string Keep(string secret)
    {
        lock (_lock)
        {
            if (secret.Length >= MinLength && !_secrets.Contains(secret))
            {
                _secrets = [.. _secrets, secret];
            }
        }

        return secret;
    }

    /// <summary>The value of a setting as it may be shown.</summary>
    public string Of(string name, string value) => SecretName().IsMatch(name) ? Mask : In(WithoutPasswords(value));

    /// <summary>The text without the secrets that are known.</summary>
    public string In(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    private static string WithoutPasswords(string value) =>
        SignedUrl().Replace(UserOfUrl().Replace(SecretPart().Replace(value, $"$1={Mask}"), $"$1{Mask}@"), $"$1{Mask}");

    [GeneratedRegex("key|token|secret|passw|pwd|headers|credential", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // To the next semicolon and not the next comma: a password may hold a comma, and to hide too much harms nobody.
    [GeneratedRegex(
        @"\b(password|pwd|account ?key|shared ?access ?(?:key|signature)|secret|token)\s*=\s*"
        + """("[^"]*"|'[^']*'|[^;]*)""",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretPart();

    [GeneratedRegex(@"(://)[^/@\s]+@")]
    private static partial Regex UserOfUrl();

    [GeneratedRegex(@"([?&]sig=)[^&\s]*", RegexOptions.IgnoreCase)]
    private static partial Regex SignedUrl();
}
