using System.Net;
using System.Net.Sockets;

namespace AiStack.AppHost.Local;

/// <summary>
/// The loopback ports of one stack. Each is held by a bound socket that does not listen, as long as the host
/// lives: the system gives it to nobody else, and the child, restarted or not, can still listen on it.
/// </summary>
internal sealed class Ports : IDisposable
{
    private readonly Dictionary<string, Socket> _held = new(StringComparer.Ordinal);

    public int Of(string name) => ((IPEndPoint)_held[name].LocalEndPoint!).Port;

    /// <summary>Takes any free port for the name.</summary>
    public int TakeFree(string name) =>
        TryTake(name, 0) ? Of(name) : throw new RefusalException("No free port is left.");

    /// <summary>Takes exactly this port, or says that somebody has it.</summary>
    public bool TryTake(string name, int port)
    {
        if (port != 0 && IsListenedOn(port))
        {
            return false;
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        // On Windows a bound socket keeps everybody out, the child too; there the port is only remembered.
        _held.Add(name, socket);
        return true;
    }

    public void Dispose()
    {
        foreach (var socket in _held.Values)
        {
            socket.Dispose();
        }
    }

    // A bind succeeds beside another's bound socket; only listening tells that the port is really in use.
    private static bool IsListenedOn(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
