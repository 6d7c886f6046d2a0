using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace AiStack.ServiceDefaults;

/// <summary>
/// How services call each other: by name, through the standard resilience pipeline. Reads are retried and end within
/// the standard limits. Writes are sent once and may take as long as their client allows: an upload or an answer may
/// take minutes (docs/decisions/0007).
/// </summary>
public static class HttpDefaults
{
    /// <summary>Short: a person may wait for it, and a service that is down for longer says so by itself.</summary>
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>A client of which each request is sent once, and without limits besides its own.</summary>
    public static IHttpClientBuilder WithoutResilience(this IHttpClientBuilder client) =>
#pragma warning disable EXTEXP0001 // There is no other way to leave out one client.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001

    internal static void AddHttpDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(Configure);
            http.AddServiceDiscovery();
        });
    }

    private static void Configure(HttpStandardResilienceOptions options)
    {
        options.Retry.DisableForUnsafeHttpMethods();
        options.Retry.MaxRetryAttempts = 2;
        options.Retry.Delay = _firstRetry;
        options.Retry.ShouldRetryAfterHeader = false;
        // One replica of two that is away for a moment is no reason to ask neither.
        options.CircuitBreaker.FailureRatio = 0.9;
        LimitReads(options.AttemptTimeout);
        LimitReads(options.TotalRequestTimeout);
    }

    private static void LimitReads(HttpTimeoutStrategyOptions options)
    {
        var limit = options.Timeout;
        options.TimeoutGenerator = arguments => ValueTask.FromResult(
            IsRead(arguments) ? limit : Timeout.InfiniteTimeSpan);
    }

    private static bool IsRead(TimeoutGeneratorArguments arguments) =>
        arguments.Context.GetRequestMessage()?.Method is { } method
        && (method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options);
}
