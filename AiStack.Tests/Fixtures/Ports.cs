using System.Net;
using System.Net.Sockets;

namespace AiStack.Tests.Fixtures;

internal static class Ports
{
    /// <summary>
    /// Where nobody answers: port 1, which the system gives to no server. A port that is free now may be another
    /// test's in a moment.
    /// </summary>
    public const string Nobody = "http://127.0.0.1:1";

    /// <summary>A port of 127.0.0.1 that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
