using Microsoft.AspNetCore.Hosting;

namespace AiStack.ServiceDefaults.Requests;

internal static class KestrelDefaults
{
    public static void ConfigureKestrelDefaults(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // See BodyLimit.
    });
}
