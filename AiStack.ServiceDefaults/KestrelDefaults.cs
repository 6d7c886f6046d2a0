using Microsoft.AspNetCore.Hosting;

namespace AiStack.ServiceDefaults;

internal static class KestrelDefaults
{
    /// <summary>The longest JSON body. Uploads are streamed and say their own limit.</summary>
    private const long MaxBodyBytes = 32L << 20;

    public static void ConfigureKestrelDefaults(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
    });
}
