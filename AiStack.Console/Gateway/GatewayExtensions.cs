using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Gateway;

/// <summary>The one way from the Console to the stack: the public API.</summary>
internal static class GatewayExtensions
{
    public static void AddGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient<GatewayClient>((services, http) =>
        {
            http.BaseAddress = new("https+http://gateway");
            http.Timeout = Timeout.InfiniteTimeSpan; // Uploads and answers take as long as they take; calls say their own.
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer", services.GetRequiredService<IOptions<ConsoleOptions>>().Value.ApiKey);
        });
        builder.Services.AddSingleton<ApiAddress>();
    }
}
