using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AiStack.Tests.Fixtures;

/// <summary>
/// A door to the real Postgres that can be frozen, as a server is that was stopped by SIGSTOP: it still takes
/// connections, and nothing is answered on any.
/// </summary>
internal sealed class FreezingDoor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly string _connectionString;
    private readonly string _host;
    private readonly int _port;
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FreezingDoor(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port) = (server.Host!, server.Port);
        _listener.Start();
        server.Host = "127.0.0.1";
        server.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _connectionString = server.ConnectionString;
        _open.SetResult();
        _ = AcceptAsync();
    }

    /// <summary>How to reach Postgres through the door.</summary>
    public string ConnectionString => _connectionString;

    public void Freeze() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Thaw();
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_closing.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_host, _port, _closing.Token);
            await Task.WhenAny(
                CopyAsync(near.GetStream(), far.GetStream()), CopyAsync(far.GetStream(), near.GetStream()));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Both ends are closed.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReadAsync(buffer, _closing.Token) is var read and > 0)
            {
                await _open.Task.WaitAsync(_closing.Token);
                await to.WriteAsync(buffer.AsMemory(..read), _closing.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // One end has gone.
        }
    }
}
