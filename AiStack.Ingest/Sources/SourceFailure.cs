using System.Net.Sockets;
using AiStack.Ingest.Connectors;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Tells what broke at a source, whatever its connector made of it, from our own stores, which the queue waits for.
/// </summary>
internal static class SourceFailure
{
    public static bool IsOfSource(Exception exception) => exception is TimeoutException or IOException
        or HttpRequestException or SocketException or UnauthorizedAccessException;

    /// <summary>What an admin reads of it.</summary>
    public static SourceException Of(Exception exception) => exception switch
    {
        SourceException said => said,
        TimeoutException late => new(late.Message, late),
        _ => new("The source broke off. Its next run reads it again.", exception),
    };
}
