using System.Net;
using System.Net.Security;
using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;
using AiStack.ServiceDefaults.Outbound;
using MailKit.Net.Imap;
using MailKit.Security;
using Microsoft.Extensions.Options;

namespace AiStack.Ingest.Connectors.Imap;

/// <summary>Messages of a mailbox.</summary>
internal sealed class ImapKind(IOptions<ReachOptions> reach) : ConnectorKind<ImapSettings>
{
    private const string Password = "password";
    private const string AccessToken = "access_token";

    public override string Name => "imap";

    public override string Summary => "Messages of a mailbox.";

    public override IReadOnlyList<string> Secrets => [Password, AccessToken];

    protected override Fault? Check(ImapSettings settings, IReadOnlyDictionary<string, string> secrets) =>
        secrets.ContainsKey(Password) == secrets.ContainsKey(AccessToken)
            ? new(FaultCode.InvalidArgument, "Give either 'password' or 'access_token'.", "secrets.password")
        : settings.Tls == ImapTls.None && !reach.Value.AllowPrivateAddresses
            ? new(
                FaultCode.InvalidArgument,
                "'tls' cannot be 'none': this installation sends no secrets unencrypted.",
                "settings.tls")
        : null;

    protected override async Task<IConnector> OpenAsync(
        ImapSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        // Whether a certificate was withdrawn would be asked at addresses that the certificate names.
        var client = new Client
        {
            Timeout = (int)SourceHttp.Patience.TotalMilliseconds, CheckCertificateRevocation = false,
        };
        try
        {
            await ImapFailure.ExplainAsync(
                settings, () => SignInAsync(client, settings, secrets, cancellationToken), cancellationToken);
            return new ImapMailbox(client, settings);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<bool> SignInAsync(
        ImapClient client,
        ImapSettings settings,
        IReadOnlyDictionary<string, string> secrets,
        CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(SourceHttp.Patience);
        var stream = await PublicAddresses.ConnectAsync(
            new DnsEndPoint(settings.Host, settings.Port), reach.Value.AllowPrivateAddresses, patience.Token);
        await client.ConnectAsync(
            stream,
            settings.Host,
            settings.Port,
            settings.Tls switch
            {
                ImapTls.None => SecureSocketOptions.None,
                ImapTls.StartTls => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.SslOnConnect,
            },
            patience.Token);
        if (secrets.TryGetValue(AccessToken, out var token))
        {
            await client.AuthenticateAsync(new SaslMechanismOAuth2(settings.Username, token), patience.Token);
        }
        else
        {
            await client.AuthenticateAsync(settings.Username, secrets[Password], patience.Token);
        }

        return true;
    }

    private sealed class Client : ImapClient
    {
        protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
            string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
        {
            var options = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
            options.CertificateChainPolicy = OutboundTls.Chain();
            return options;
        }
    }
}
