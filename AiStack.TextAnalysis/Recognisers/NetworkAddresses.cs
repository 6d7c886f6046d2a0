using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>Addresses of IPv4 and IPv6. Those that mean no machine, as 0.0.0.0, or this one, are no finding.</summary>
internal static partial class NetworkAddresses
{
    /// <summary>What has fewer groups is more often a time, a ratio or a name of code.</summary>
    private const int LeastGroups = 3;

    public static IEnumerable<Finding> Find(string text)
    {
        foreach (var match in Dotted().EnumerateMatches(text).ToList(text))
        {
            if (match.Value.Split('.').All(part => int.Parse(part, null) <= byte.MaxValue) && IsOfMachine(match.Value))
            {
                yield return new(PersonalDetails.IpAddress, match.Start, match.Value.Length);
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

    private static bool IsOfMachine(string value) => IPAddress.TryParse(value, out var address)
        && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.Broadcast)
        && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    [GeneratedRegex(@"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.\w)")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"(?<![\w:])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w:])")]
    private static partial Regex Colons();
}
