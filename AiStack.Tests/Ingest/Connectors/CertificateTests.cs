using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Web;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

public sealed class CertificateTests
{
    [Fact]
    public async Task What_a_certificate_names_is_not_asked_for()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var named = await WebServer.StartAsync();
        using var certificate = Certificate($"{named.Url}/issuer.cer");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = ServeAsync(listener, certificate, cancellation);
        using var http = new SourceHttp(ConformingSource.Reach);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{listener.LocalEndpoint}/");

        var failure = await Assert.ThrowsAsync<SourceException>(() => http.SendAsync(request, cancellation));

        Assert.Contains("certificate", failure.Message, StringComparison.Ordinal);
        await server;
        Assert.Empty(named.Asked);
    }

    private static async Task ServeAsync(
        TcpListener listener, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        var own = SslStreamCertificateContext.Create(certificate, null, offline: true); // It would ask, too.
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = own }, cancellationToken);
            await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // The client leaves, as it should.
        }
    }

    /// <summary>A certificate whose issuer is not sent, but said to be at an address.</summary>
    private static X509Certificate2 Certificate(string issuerAt)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asIssuer = new CertificateRequest("CN=issuer", issuerKey, HashAlgorithmName.SHA256);
        asIssuer.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = asIssuer.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAt]));
        using var bare = asked.Create(issuer, now.AddDays(-1), now.AddDays(1), [1, 2, 3]);
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
