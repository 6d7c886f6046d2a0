using System.Net;
using System.Net.Sockets;

namespace AiStack.AppHost.Local.Stores;

/// <summary>Asks a PostgreSQL server whether it is there, by the first step of every connection.</summary>
internal static class PostgresPing
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    // SSLRequest: a length of 8, and the code 80877103. Any server answers with one byte; it needs no password.
    private static readonly byte[] _request = [0, 0, 0, 8, 4, 210, 22, 47];

    public static async Task<bool> AnswersAsync(EndPoint server, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        var kind = server is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, kind);
        try
        {
            await socket.ConnectAsync(server, limit.Token);
            await socket.SendAsync(_request, limit.Token);
            return await socket.ReceiveAsync(new byte[1], limit.Token) == 1;
        }
        catch (Exception exception)
            when (exception is SocketException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
