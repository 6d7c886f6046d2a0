using System.Security.Cryptography.X509Certificates;

namespace AiStack.ServiceDefaults.Outbound;

/// <summary>How certificates of servers are checked that others choose.</summary>
public static class OutboundTls
{
    /// <summary>
    /// A certificate may name addresses to get others or lists from. Nothing there is asked for: it would be asked from
    /// here, at any address.
    /// </summary>
    public static X509ChainPolicy Chain() => new()
    {
        DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck,
    };
}
