using AiStack.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Hosting;

namespace AiStack.ServiceDefaults.Requests;

internal static class KestrelDefaults
{
    /// <summary>
    /// Twice Kestrel's own: the token by which services know who asks names up to
    /// <see cref="Principals.MaxHeaderLength"/> characters of principals, escaped and in base64.
    /// </summary>
    private const int MaxHeaderBytes = 64 << 10;

    public static void ConfigureKestrelDefaults(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = null; // See BodyLimit.
    });
}
