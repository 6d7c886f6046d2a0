using System.Diagnostics.Metrics;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Exchange;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Otlp;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Traces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiStack.Tests.Console.Telemetry;

/// <summary>The stores and what fills them, without a server; the clock stands where the test puts it.</summary>
internal sealed class TelemetryStores
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public TelemetryStores(Action<TelemetryOptions>? configure = null)
    {
        var limits = new TelemetryOptions();
        configure?.Invoke(limits);
        var options = Options.Create(limits);
        Ledger = new(new ConsoleTelemetry(
            new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()));
        Traces = new(options, Ledger, Time);
        Logs = new(options, Ledger, Time);
        Metrics = new(options, Ledger, Time);
        Decoder = new(Traces, Logs, Metrics, Ledger, options);
        Export = new(Traces, Logs, Metrics, Time);
        Import = new(Decoder, Options.Create(new OtlpOptions()));
    }

    public FakeTimeProvider Time { get; } = new(Noon);

    public TelemetryLedger Ledger { get; }

    public TraceStore Traces { get; }

    public LogStore Logs { get; }

    public MetricStore Metrics { get; }

    public TelemetryDecoder Decoder { get; }

    public ExportTelemetry Export { get; }

    public ImportTelemetry Import { get; }

    public long Lost(TelemetrySignal signal, LossReason reason) =>
        Ledger.Read()[signal].Lost.GetValueOrDefault(reason);
}
