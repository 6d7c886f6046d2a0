using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>What became of a message that was read: how much of it is not kept, and why.</summary>
internal sealed record ReadOutcome(int Received, int Rejected, string? Reason);

/// <summary>Reads OTLP messages into the stores, and counts what was in them.</summary>
internal sealed class TelemetryDecoder(
    TraceStore traces, LogStore logs, MetricStore metrics, TelemetryLedger ledger, IOptions<TelemetryOptions> limits)
{
    private readonly OtlpTexts _texts = new();

    /// <summary>
    /// Keeps what a message holds. One that stops being OTLP half-way is refused whole.
    /// </summary>
    /// <param name="field">The number of the field that holds the resources: 1 in what is sent.</param>
    /// <param name="isImported">Whether it comes from a file and is to be marked as such.</param>
    /// <exception cref="OtlpFormatException">It is not OTLP.</exception>
    public ReadOutcome Read(TelemetrySignal signal, ReadOnlySpan<byte> message, int field = 1, bool isImported = false)
    {
        var reading = new OtlpReading(limits.Value, _texts, isImported);
        switch (signal)
        {
            case TelemetrySignal.Traces:
                var spans = SpanDecoder.Decode(reading, message, field);
                Count(signal, reading);
                traces.Add(spans);
                break;
            case TelemetrySignal.Logs:
                var records = LogDecoder.Decode(reading, message, field);
                Count(signal, reading);
                logs.Add(records);
                break;
            default:
                var updates = MetricDecoder.Decode(reading, message, field);
                Count(signal, reading);
                metrics.Add(updates);
                break;
        }

        return new(reading.Received, reading.Rejected, reading.Reason);
    }

    private void Count(TelemetrySignal signal, OtlpReading reading)
    {
        ledger.Received(signal, reading.Received);
        ledger.Lost(signal, LossReason.Invalid, reading.Rejected);
        ledger.Lost(signal, LossReason.ValueCut, reading.ValuesCut);
        ledger.Lost(signal, LossReason.TooMany, reading.TooMany);
    }
}
