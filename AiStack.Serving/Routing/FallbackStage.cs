using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using AiStack.Contracts;
using AiStack.Serving.Engines;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Requests;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Routing;

/// <summary>
/// Asks one engine after the other until one speaks. What has spoken is never asked again elsewhere: the caller would
/// get two beginnings.
/// </summary>
internal sealed class FallbackStage(
    IReadOnlyList<EngineTarget> targets, EngineDefaults defaults, EngineHealth health, TimeProvider time)
    : StreamingStage(targets[0].Engine.Client)
{
    private static readonly string[] _mendableCodes =
        [UpstreamFaultException.TooLong, "content_filter", "content_policy_violation", "model_not_found"];

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> said = [.. messages];
        var able = Able(said, options);
        if (able.Count == 0)
        {
            throw new EngineFaultException(RequestChecks.Invalid(
                "None of the engines of this model can do all that is asked.", "model"));
        }

        List<string> passedOver = [];
        UpstreamFaultException? last = null;
        for (var i = 0; i < able.Count; i++)
        {
            var (target, isLast) = (able[i], i == able.Count - 1);
            using var attempt = health.Begin(target.HealthKey);
            if (attempt is null)
            {
                passedOver.Add($"{target.Engine.Name}: resting");
                continue;
            }

            yield return target.Announce(passedOver);
            await using var updates = target.Engine.Client
                .GetStreamingResponseAsync(
                    said, target.Options(options, defaults, hasOthers: !isLast), cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            var hasSpoken = false;
            while (true)
            {
                var (update, failure) = await NextAsync(updates, attempt);
                if (failure is not null)
                {
                    if (hasSpoken || !IsMendable(failure))
                    {
                        ExceptionDispatchInfo.Throw(failure);
                    }

                    last = failure;
                    passedOver.Add($"{target.Engine.Name}: {Word(failure)}");
                    break;
                }

                if (update is null)
                {
                    attempt.Succeeded();
                    yield break;
                }

                if (!hasSpoken && !isLast && update.FinishReason == ChatFinishReason.ContentFilter)
                {
                    attempt.Succeeded();
                    passedOver.Add($"{target.Engine.Name}: content_filter");
                    break;
                }

                if (!hasSpoken && update.Contents.Any(Speaks))
                {
                    hasSpoken = true;
                    attempt.Succeeded();
                }

                yield return update;
            }
        }

        throw last is not null
            ? new EngineFaultException(last.Fault with { RetryAfter = last.Fault.RetryAfter ?? Soonest(able) }, last)
            : new EngineFaultException(new(
                FaultCode.DependencyUnavailable,
                $"None of the engines of this model can answer now: {string.Join("; ", passedOver)}.",
                RetryAfter: Soonest(able)));
    }

    private static async Task<(ChatResponseUpdate? Update, UpstreamFaultException? Failure)> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates, EngineHealth.Attempt attempt)
    {
        try
        {
            return (await updates.MoveNextAsync() ? updates.Current : null, null);
        }
        catch (UpstreamFaultException failure)
        {
            attempt.Failed(failure);
            return (null, failure);
        }
    }

    /// <summary>Those that can do what is asked. The request was checked: one of them can.</summary>
    private List<EngineTarget> Able(List<ChatMessage> said, ChatOptions? options)
    {
        var needed = FeatureChecks.Needed(said, options);
        return
        [
            .. targets.Where(target => target.Engine.Features.HasFlag(needed)
                && (target.Engine.Generates || options?.StopSequences is not { Count: > 0 })),
        ];
    }

    /// <summary>Whether another engine might do better.</summary>
    private static bool IsMendable(UpstreamFaultException failure) =>
        failure.Fault.Code is FaultCode.DependencyUnavailable or FaultCode.UpstreamLimited or FaultCode.Overloaded
        || _mendableCodes.Contains(failure.Code);

    private static string Word(UpstreamFaultException failure) =>
        failure.Code ?? (failure.Fault.Code == FaultCode.UpstreamLimited ? "rate_limit_exceeded" : "server_error");

    /// <summary>Whether the caller has heard something of the answer itself. A search is none.</summary>
    private static bool Speaks(AIContent content) => content is
        TextContent { Text.Length: > 0 } or TextReasoningContent or FunctionCallPart or ErrorContent;

    private TimeSpan? Soonest(IEnumerable<EngineTarget> able)
    {
        var now = time.GetUtcNow();
        return able.Select(target => health.RestsUntil(target.HealthKey)).OfType<DateTimeOffset>()
            .Select(until => (TimeSpan?)(until - now)).Where(wait => wait > TimeSpan.Zero).Min();
    }
}
