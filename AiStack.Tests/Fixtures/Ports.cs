using System.Net;
using System.Net.Sockets;

namespace AiStack.Tests.Fixtures;

internal static class Ports
{
    /// <summary>
    /// Where nothing answers: port 1, which the system gives to no server. A port that is free now may be another
    /// test's in a moment.
    /// </summary>
    public const string Closed = "http://127.0.0.1:1";

    private const int First = 20_000;
    private const int Count = 10_000;

    /// <summary>The API, the Console, the dashboard and its three receivers.</summary>
    private const int HostPorts = 6;

    private static uint _next = (uint)Environment.ProcessId;

    /// <summary>
    /// A port of 127.0.0.1 that is free, and stays so until it is used: it is below those that systems give out by
    /// themselves, to servers and to connections, and no other test of this process gets the same.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (int)(Interlocked.Increment(ref _next) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // It is taken: the next.
            }
        }
    }

    /// <summary>The first of as many neighbouring ports as a host takes that are free now.</summary>
    public static int FreeForHost()
    {
        while (true)
        {
            var ports = Enumerable.Range(0, HostPorts).Select(_ => Free()).ToList();
            if (ports[^1] == ports[0] + HostPorts - 1)
            {
                return ports[0];
            }
        }
    }
}
