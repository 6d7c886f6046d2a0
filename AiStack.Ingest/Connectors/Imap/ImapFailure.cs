using AiStack.Ingest.Connectors.Web;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;

namespace AiStack.Ingest.Connectors.Imap;

/// <summary>Says what a mail server's failure means, without the server's own words.</summary>
internal static class ImapFailure
{
    public static async Task<T> ExplainAsync<T>(
        ImapSettings settings, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (Reason(exception, cancellationToken) is { } reason)
        {
            throw new SourceException($"The mailbox at {settings.Host} cannot be read: {reason}.", exception);
        }
    }

    private static string? Reason(Exception exception, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? null : exception switch
        {
            SourceException or SourceItemException => null,
            AuthenticationException => "it does not take this name and secret",
            SslHandshakeException => "no secure connection can be made; its certificate or 'tls' may be wrong",
            FolderNotFoundException missing => $"there is no folder '{missing.FolderName}'",
            ImapProtocolException or ServiceNotConnectedException or ServiceNotAuthenticatedException =>
                "the connection broke off",
            ImapCommandException => "it refuses a command",
            NotSupportedException => "it does not offer what 'tls' or the secret needs",
            _ => SourceHttp.ExplainAny(exception, cancellationToken),
        };
}
