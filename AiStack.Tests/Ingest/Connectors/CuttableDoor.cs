using System.Net;
using System.Net.Sockets;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>A door to a real server that can be cut: all connections break off, and no other is taken.</summary>
internal sealed class CuttableDoor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly int _port;

    public CuttableDoor(int port)
    {
        _port = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public async Task CutAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException
                or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _port, _closing.Token);
            await Task.WhenAny(
                near.GetStream().CopyToAsync(far.GetStream(), _closing.Token),
                far.GetStream().CopyToAsync(near.GetStream(), _closing.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // Both ends are closed.
        }
    }
}
