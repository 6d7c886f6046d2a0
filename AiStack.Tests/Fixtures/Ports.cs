using System.Net;
using System.Net.Sockets;

namespace AiStack.Tests.Fixtures;

internal static class Ports
{
    /// <summary>A port of 127.0.0.1 that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
