using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Gateway.Idempotency;

/// <summary>
/// Honours <c>Idempotency-Key</c> on every POST. Of like requests with the same key one is answered, and the others
/// are given its answer:
/// 1. What the request is, is hashed, and the first of its key takes it.
/// 2. It is answered, whether or not its caller waits. Others of its key are told to come again.
/// 3. An answer that is a success is kept, for a day. After another, the next is the first.
/// </summary>
internal static partial class IdempotencyMiddleware
{
    private const string Header = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotent-Replayed";
    private const string OriginalHeader = "Original-Request";
    private const int MaxKeyLength = 255;

    private static readonly TimeSpan _comeAgain = TimeSpan.FromSeconds(1);

    public static void AddIdempotency(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<IdempotencyOptions>();
        builder.Services.AddSingleton<IdempotentRequests>();
        builder.Services.AddHostedService<ForgetRequests>();
    }

    public static void UseIdempotency(this WebApplication app) => app.Use(AnswerOnceAsync);

    private static async Task AnswerOnceAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method)
            || !context.Request.Headers.TryGetValue(Header, out var keys)
            || context.Features.Get<CheckedKey>() is not { Caller.KeyId: { } keyId }
            || Caller.From(context.User) is not { } caller)
        {
            await next(context);
            return;
        }

        if (keys is not [{ Length: > 0 and <= MaxKeyLength } key] || !key.All(letter => letter is >= ' ' and <= '~'))
        {
            await RefuseAsync(context, new(
                FaultCode.InvalidArgument,
                $"An Idempotency-Key is one text of 1 to {MaxKeyLength} printable ASCII characters.",
                Header));
            return;
        }

        // 1.
        var services = context.RequestServices;
        var options = services.GetRequiredService<IOptions<IdempotencyOptions>>().Value;
        var requests = services.GetRequiredService<IdempotentRequests>();
        var read = await RequestPrint.ReadAsync(context, caller, options.MaxRequestBytes, context.RequestAborted);
        if (!read.TryGet(out var sha256, out var tooLong))
        {
            await RefuseAsync(context, tooLong);
            return;
        }

        var name = new RequestName(caller.ProjectId, keyId, key, Id<WorkItem>.New().Value);
        switch (await requests.ClaimAsync(name, sha256, context.RequestAborted))
        {
            case Finding.First:
                await AnswerAsync(context, next, requests, name, options);
                break;
            case Finding.Answered { Answer: var answer }:
                await GiveAgainAsync(context, answer, options);
                break;
            case Finding.Other:
                await RefuseAsync(context, new(
                    FaultCode.IdempotencyKeyReused,
                    "This Idempotency-Key was used within the last 24 hours for another request: another path, body, "
                    + "scopes or principals. Use a new key.",
                    Header));
                break;
            default:
                await RefuseAsync(context, new(
                    FaultCode.Conflict,
                    "A request with this Idempotency-Key is being answered. Try again soon.",
                    Header,
                    _comeAgain));
                break;
        }
    }

    // 2. and 3.
    private static async Task AnswerAsync(
        HttpContext context,
        RequestDelegate next,
        IdempotentRequests requests,
        RequestName name,
        IdempotencyOptions options)
    {
        var answer = new HeldAnswer(context, options.MaxAnswerBytes, context.RequestAborted);
        context.RequestAborted = CancellationToken.None;
        context.Response.Body = answer;
        using var ended = new CancellationTokenSource();
        var holding = HoldAsync(requests, name, options.LeaseTime, ended.Token);
        var (isWhole, isKept) = (false, false);
        try
        {
            await next(context);
            isKept = await TryKeepAsync(context, requests, name, answer);
            isWhole = true;
        }
        finally
        {
            await ended.CancelAsync();
            await holding;
            if (!isKept)
            {
                await GiveUpAsync(context, requests, name);
            }

            await answer.EndAsync(isWhole);
        }
    }

    private static async Task<bool> TryKeepAsync(
        HttpContext context, IdempotentRequests requests, RequestName name, HeldAnswer answer)
    {
        var response = context.Response;
        if (response.StatusCode is < 200 or > 299 || context.GetForwarderErrorFeature() is not null)
        {
            return false;
        }

        var bytes = answer.Bytes;
        if (bytes is not null && FailedStreams.IsOne(response.ContentType, bytes))
        {
            return false;
        }

        var isSecret = SecretAnswer.IsOf(context.GetEndpoint());
        var kept = new IdempotentAnswer(
            response.StatusCode, response.ContentType, response.Headers["x-request-id"], isSecret ? null : bytes);
        try
        {
            await requests.KeepAsync(name, kept, CancellationToken.None);
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            // It is done, so it is not done again before its lease has run out.
            LogLost(Logger(context), exception);
        }

        return true;
    }

    private static async Task GiveUpAsync(HttpContext context, IdempotentRequests requests, RequestName name)
    {
        try
        {
            await requests.ReleaseAsync(name, CancellationToken.None);
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            LogLost(Logger(context), exception);
        }
    }

    private static async Task HoldAsync(
        IdempotentRequests requests, RequestName name, TimeSpan lease, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(lease / 3);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ended);
                await requests.RenewAsync(name, ended);
            }
            catch (Exception exception) when (
                exception is OperationCanceledException || DependencyFailure.NameOf(exception) is not null)
            {
                // It has ended; or the database is away, and may be back at the next tick.
            }
        }
    }

    private static async Task GiveAgainAsync(HttpContext context, IdempotentAnswer answer, IdempotencyOptions options)
    {
        var response = context.Response;
        response.Headers[OriginalHeader] = answer.RequestId;
        if (answer.Body is null)
        {
            await RefuseAsync(context, new(
                FaultCode.Conflict,
                $"The request with this Idempotency-Key was answered with {answer.Status}, and is not done again. Its "
                + $"answer was not kept: it holds a secret, or is longer than {options.MaxAnswerBytes} bytes.",
                Header));
            return;
        }

        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers[ReplayedHeader] = "true";
        if (answer.Body.Length > 0)
        {
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private static Task RefuseAsync(HttpContext context, Fault fault)
    {
        context.RequestServices.GetRequiredService<GatewayTelemetry>().Refused("idempotency_key");
        return fault.ToResult().ExecuteAsync(context);
    }

    private static ILogger Logger(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILogger<IdempotentRequests>>();

    [LoggerMessage(1, LogLevel.Warning, "How a request with an Idempotency-Key ended could not be written down.")]
    private static partial void LogLost(ILogger logger, Exception exception);
}
