using System.Text.Json;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>The messages that senders get back, as protobuf and as JSON.</summary>
internal static class OtlpAnswer
{
    private static readonly string[] _rejected = ["rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"];

    /// <summary>
    /// An <c>Export…ServiceResponse</c>: empty when all is kept, else with a partial success (1) that says how much
    /// is not.
    /// </summary>
    public static byte[] Protobuf(ReadOutcome outcome) => outcome.Rejected == 0
        ? []
        : new ProtoWriter()
            .Message(1, new ProtoWriter().Varint(1, (ulong)outcome.Rejected).Text(2, outcome.Reason ?? ""))
            .ToArray();

    public static byte[] Json(TelemetrySignal signal, ReadOutcome outcome) => JsonSerializer.SerializeToUtf8Bytes(
        outcome.Rejected == 0
            ? new Dictionary<string, object>()
            : new Dictionary<string, object>
            {
                ["partialSuccess"] = new Dictionary<string, object?>
                {
                    [_rejected[(int)signal]] =
                        outcome.Rejected.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["errorMessage"] = outcome.Reason,
                },
            });

    /// <summary>
    /// A <c>google.rpc.Status</c> (https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto).
    /// </summary>
    public static byte[] Status(int code, string message, bool isJson) => isJson
        ? JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["code"] = code, ["message"] = message })
        : new ProtoWriter().Varint(1, (ulong)code).Text(2, message).ToArray();
}
