using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Gateway.RateLimits;

/// <summary>
/// Refuses the requests of a key that calls too fast, and tells every caller what is left, in OpenAI's headers.
/// </summary>
internal static class RateLimitMiddleware
{
    public static void AddRateLimits(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<RequestBucket>();

    public static void UseRateLimits(this WebApplication app) => app.Use(LimitAsync);

    private static async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<CheckedKey>() is not { Caller.KeyId: { } id } key)
        {
            await next(context);
            return;
        }

        var allowance = await context.RequestServices.GetRequiredService<RequestBucket>().TakeAsync(key, id);
        context.Response.Headers["x-ratelimit-limit-requests"] = $"{allowance.Limit}";
        context.Response.Headers["x-ratelimit-remaining-requests"] = $"{Math.Max(0, allowance.Remaining)}";
        if (allowance.IsGranted)
        {
            await next(context);
            return;
        }

        context.RequestServices.GetRequiredService<GatewayTelemetry>().Refused("rate_limit");
        await TooFast(allowance).ToResult().ExecuteAsync(context);
    }

    private static Fault TooFast(Allowance allowance) => new(
        FaultCode.QuotaExceeded,
        $"This key may make {allowance.Limit} requests a minute. "
        + $"Wait {Math.Ceiling(allowance.WaitFor.TotalSeconds)} s.",
        RetryAfter: TimeSpan.FromSeconds(Math.Ceiling(allowance.WaitFor.TotalSeconds)));
}
