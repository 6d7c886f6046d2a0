using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Addresses of IPv4, IPv6 and of network cards (MAC). Those that mean no machine, as 0.0.0.0, or this one, are no
/// finding.
/// </summary>
internal static partial class NetworkAddresses
{
    /// <summary>What has fewer groups is more often a time, a ratio or a name of code.</summary>
    private const int LeastGroups = 3;

    private const int LongestWord = 12;

    public static IEnumerable<Finding> Find(string text)
    {
        foreach (var match in Dotted().EnumerateMatches(text).ToList(text))
        {
            if (match.Value.Split('.').All(part => int.Parse(part, null) <= byte.MaxValue)
                && IsOfMachine(match.Value))
            {
                yield return new(PersonalDetails.IpAddress, match.Start, match.Value.Length);
            }
        }

        foreach (var match in Cards().EnumerateMatches(text).ToList(text))
        {
            if (match.Value.Any(letter => letter is not ('0' or ':' or '-' or '.' or 'F' or 'f')))
            {
                yield return new(PersonalDetails.MacAddress, match.Start, match.Value.Length);
            }
        }

        foreach (var match in Colons().EnumerateMatches(text).ToList(text))
        {
            if (match.Value.Split(':', StringSplitOptions.RemoveEmptyEntries).Length >= LeastGroups
                && IsOfMachine(match.Value))
            {
                yield return new(PersonalDetails.IpAddress, match.Start, match.Value.Length);
            }
        }
    }

    /// <summary>Whether what looks like an address is a chapter or a version, by the word before it.</summary>
    public static bool IsPlaceInText(string text, int start) => Chapters().StandsBefore(text, start, LongestWord);

    [GeneratedRegex(
        @"(?<!\p{L})(?:chapter|section|sec\.|version|release|clause|kapitel|abschnitt|ziffer|punkt|chapitre"
        + @"|article|cap[íi]tulo|apartado|secci[óo]n|capitolo|paragrafo|par\.|avsnitt|§)\s?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Chapters();

    private static bool IsOfMachine(string value) => IPAddress.TryParse(value, out var address)
        && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.Broadcast)
        && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    [GeneratedRegex(@"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.\w)")]
    private static partial Regex Dotted();

    // IEEE 802: six groups of two, or Cisco's three of four.
    [GeneratedRegex(
        @"(?<![\w:\-.])(?:[0-9A-Fa-f]{2}([:\-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
        + @"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:\-]|\.\w)")]
    private static partial Regex Cards();

    [GeneratedRegex(@"(?<![\w:])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w:])")]
    private static partial Regex Colons();
}
