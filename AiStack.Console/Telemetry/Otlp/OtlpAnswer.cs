using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>The messages that senders get back, as protobuf and as JSON.</summary>
internal static class OtlpAnswer
{
    private static readonly string[] _rejected = ["rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"];

    // Read by programs and in their logs, never as a part of a page.
    private static readonly JsonSerializerOptions _plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// An <c>Export…ServiceResponse</c>: empty when all is kept, else with a partial success (1)
    /// that says how much is not.
    /// </summary>
    public static byte[] Protobuf(ReadOutcome outcome) => outcome.Rejected == 0
        ? []
        : new ProtoWriter()
            .Message(1, new ProtoWriter().Varint(1, (ulong)outcome.Rejected).Text(2, outcome.Reason ?? ""))
            .ToArray();

    /// <summary>The same in JSON.</summary>
    public static byte[] Json(TelemetrySignal signal, ReadOutcome outcome)
    {
        var answer = new Dictionary<string, object>();
        if (outcome.Rejected > 0)
        {
            answer["partialSuccess"] = new Dictionary<string, string?>
            {
                [_rejected[(int)signal]] = outcome.Rejected.ToString(CultureInfo.InvariantCulture),
                ["errorMessage"] = outcome.Reason,
            };
        }

        return JsonSerializer.SerializeToUtf8Bytes(answer, _plain);
    }

    /// <summary>
    /// A <c>google.rpc.Status</c> (https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto).
    /// </summary>
    public static byte[] Status(int code, string message, bool isJson) => isJson
        ? JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object> { ["code"] = code, ["message"] = message }, _plain)
        : new ProtoWriter().Varint(1, (ulong)code).Text(2, message).ToArray();
}
