using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Contracts;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// What the failures of a model's server mean for our caller. Its own words are not passed on: they may hold addresses,
/// keys and other people's texts.
/// </summary>
internal static partial class UpstreamFaults
{
    public static readonly Fault BrokeOff =
        new(FaultCode.DependencyUnavailable, "The model's server broke off its answer. Try again.");

    private static readonly Fault _down =
        new(FaultCode.DependencyUnavailable, "The model's server cannot answer now. Try again soon.");

    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(1);

    /// <summary>The fault, or null when the failure is not the server's.</summary>
    public static Fault? Of(Exception exception) => exception switch
    {
        ClientResultException answered => OfStatus(answered),
        // What the client says after its last retry.
        AggregateException { InnerExceptions: [.., var last] } => Of(last),
        OperationCanceledException =>
            new(FaultCode.DependencyUnavailable, "The model's server was silent for too long. Try again soon."),
        HttpRequestException => _down,
        IOException or JsonException => BrokeOff,
        _ => null,
    };

    private static Fault OfStatus(ClientResultException answered) => answered.Status switch
    {
        429 => new(
            FaultCode.QuotaExceeded,
            "The model's server takes no more requests from this service for now. Try again soon.",
            RetryAfter: RetryAfter(answered.GetRawResponse())),
        401 or 403 => new(
            FaultCode.DependencyUnavailable,
            "The model's server refuses this service's key. Its operator must correct Serving:OpenAi:ApiKey."),
        404 => new(
            FaultCode.DependencyUnavailable,
            "The model's server has no such model. Its operator must correct Serving:OpenAi:Endpoint or :Model."),
        >= 400 and < 500 and not 408 => new(
            FaultCode.InvalidArgument, $"The model's server refused the request{Code(answered.GetRawResponse())}."),
        _ => _down with { RetryAfter = RetryAfter(answered.GetRawResponse()) },
    };

    private static TimeSpan? RetryAfter(PipelineResponse? response)
    {
        var header = response is not null && response.Headers.TryGetValue("retry-after", out var value) ? value : null;
        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, _longestWait.TotalSeconds))
            : null;
    }

    /// <summary>The error's code, such as <c>context_length_exceeded</c>, when it is a plain word.</summary>
    private static string Code(PipelineResponse? response)
    {
        try
        {
            var error = response is null ? default : JsonSerializer.Deserialize<JsonElement>(response.Content);
            return error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("error", out var body) && body.ValueKind == JsonValueKind.Object
                && body.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                && Word().IsMatch(code.GetString()!)
                ? $" ({code.GetString()})"
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    [GeneratedRegex("^[a-z_]{1,64}$")]
    private static partial Regex Word();
}
