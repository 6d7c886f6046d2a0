using System.Net;
using System.Net.Sockets;

namespace AiStack.ServiceDefaults.Outbound;

/// <summary>
/// Connects to addresses of the public internet alone. The address that was looked at is the one that is connected to,
/// so that a name cannot mean another one in between.
/// </summary>
public static class PublicAddresses
{
    // IANA's registry of special-purpose addresses, and Azure's own server for machines (168.63.129.16).
    private static readonly IPNetwork[] _special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork _global = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address is of the public internet.</summary>
    public static bool Has(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var meant = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (meant.AddressFamily == AddressFamily.InterNetwork || _global.Contains(meant))
            && !Array.Exists(_special, network => network.BaseAddress.AddressFamily == meant.AddressFamily
                && network.Contains(meant));
    }

    /// <summary>Connects for a <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <param name="allowsOthers">Whether all other addresses are good, too.</param>
    /// <exception cref="PrivateAddressException">One of the name's addresses is not of the public internet.</exception>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, bool allowsOthers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await ConnectAsync(context.DnsEndPoint, allowsOthers, cancellationToken);
    }

    /// <summary>Connects for what is not HTTP.</summary>
    /// <inheritdoc cref="ConnectAsync(SocketsHttpConnectionContext, bool, CancellationToken)"/>
    public static async Task<Stream> ConnectAsync(
        DnsEndPoint endpoint, bool allowsOthers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken);
        if (!allowsOthers && !Array.TrueForAll(addresses, Has))
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address is not of the public internet, and none else may be connected to.</summary>
public sealed class PrivateAddressException() : IOException("The address is not of the public internet.");
