using System.Net.Http.Headers;
using AiStack.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Gateway;

/// <summary>The one way from the Console to the stack: the public API.</summary>
internal static class GatewayExtensions
{
    /// <summary>
    /// The client for the Console's own checks of whether the stack is well. The Gateway's metrics keep it apart.
    /// </summary>
    public const string Probe = "probe";

    public static void AddGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<ActingRole>();
        builder.Services.AddHttpClient<GatewayClient>(Address);
        builder.Services.AddHttpClient(Probe, (services, http) =>
        {
            Address(services, http);
            http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("AiStack-Probe", "1.0"));
        }).WithoutResilience(); // It is there to find failures.
        builder.Services.AddSingleton<ApiAddress>();
    }

    private static void Address(IServiceProvider services, HttpClient http)
    {
        http.BaseAddress = new("https+http://gateway");
        http.Timeout = Timeout.InfiniteTimeSpan; // Uploads and answers take as long as they take; calls say their own.
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", services.GetRequiredService<IOptions<ConsoleOptions>>().Value.ApiKey);
    }
}
