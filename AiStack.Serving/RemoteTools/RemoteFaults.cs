using AiStack.Contracts;
using AiStack.ServiceDefaults.Outbound;
using AiStack.Serving.Pipeline;
using ModelContextProtocol;

namespace AiStack.Serving.RemoteTools;

/// <summary>
/// Says in a few words why a server did not do what it was asked. The exception's own words stay out: they may hold the
/// server's, and what it was sent.
/// </summary>
internal static class RemoteFaults
{
    public const string TooLong = "its answer is longer than Serving:Mcp:MaxAnswerBytes";

    private const string Elsewhere = "it leads to another address, which is not followed";

    /// <summary>That a server did not list its tools, which an answer cannot begin without.</summary>
    public static Fault NotListed(McpTool tool, string reason) => new(
        FaultCode.ToolServerFailed,
        $"The MCP server '{tool.Label}' did not list its tools: {reason}.",
        "tools");

    /// <summary>The reason; null for what is no failure of a server.</summary>
    public static string? Reason(Exception exception, CancellationToken caller)
    {
        if (caller.IsCancellationRequested)
        {
            return null;
        }

        foreach (var each in Chain(exception))
        {
            switch (each)
            {
                case PrivateAddressException:
                    return "its address is not of the public internet, and Serving:Mcp:AllowPrivateAddresses is off";
                case PlainHttpException:
                    return "its address is not https, and Serving:Mcp:AllowPrivateAddresses is off";
                case ListTooLongException:
                    return "its list of tools is too long";
                case OtherOriginException:
                    return Elsewhere;
                case AnswerTooLongException:
                    return TooLong;
                case HttpRequestException { StatusCode: { } status }:
                    return (int)status is >= 300 and < 400
                        ? Elsewhere
                        : $"it answered with the status {(int)status}";
                case HttpRequestException or System.Net.Sockets.SocketException:
                    return "it cannot be reached";
                case TimeoutException or OperationCanceledException:
                    return "it took too long";
                case McpProtocolException refused:
                    return $"it refused the request (error {(int)refused.ErrorCode})";
                default:
                    break;
            }
        }

        // Whatever it sends may break the client that reads it. These are mistakes of ours.
        return exception is OutOfMemoryException or NullReferenceException or ObjectDisposedException
            or IndexOutOfRangeException or InvalidCastException
            ? null
            : "what it says is not the Model Context Protocol, or it broke off";
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        var inner = exception is AggregateException several
            ? several.InnerExceptions.SelectMany(Chain)
            : exception.InnerException is { } one ? Chain(one) : [];
        // The cause says more than what was made of it.
        return [.. inner, exception];
    }
}
