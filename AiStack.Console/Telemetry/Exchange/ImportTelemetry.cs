using System.IO.Compression;
using System.Threading.RateLimiting;
using AiStack.Console.Telemetry.Otlp;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Otlp.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>What a file held.</summary>
/// <param name="Rejected">How much of it is not kept because it breaks OpenTelemetry's rules.</param>
/// <param name="Reason">Why, for the last of it.</param>
public sealed record ImportedTelemetry(int Spans, int Logs, int MetricPoints, int Rejected, string? Reason);

/// <summary>
/// Reads a file of OTLP/JSON, gzipped or not: one that the Console wrote, or a collector, whose files are many
/// objects, one a line. What it holds is marked as imported, and apart from what is live where both would add up.
/// </summary>
internal sealed class ImportTelemetry(TelemetryDecoder decoder, IOptions<OtlpOptions> options) : IAsyncDisposable
{
    /// <summary>Files that wait while another is read; more than that is no person's doing.</summary>
    public const int MaxWaiting = 16;

    private const string TokenHeader = "RequestVerificationToken";

    /// <summary>One at a time: each is in memory whole, twice where it is gzipped.</summary>
    private readonly ConcurrencyLimiter _turns = new(new() { PermitLimit = 1, QueueLimit = MaxWaiting });

    /// <summary>The body is the file. It comes from a script of our own page, which alone has the token.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, IAntiforgery antiforgery, ImportTelemetry import)
    {
        // The header must be there: without it the check would look for the token in the form, and read all of it.
        if (!context.Request.Headers.ContainsKey(TokenHeader) || !await antiforgery.IsRequestValidAsync(context))
        {
            return new Fault(FaultCode.InvalidArgument, "This page is out of date. Load it again.").ToResult();
        }

        var outcome = await import.RunAsync(context.Request.Body, context.RequestAborted);
        return outcome.TryGet(out var imported, out var fault) ? TypedResults.Ok(imported) : fault.ToResult();
    }

    /// <summary>Keeps what the file holds, or nothing of a file that is not OTLP/JSON.</summary>
    public async Task<Outcome<ImportedTelemetry>> RunAsync(Stream file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var turn = await _turns.AcquireAsync(1, cancellationToken);
        if (!turn.IsAcquired)
        {
            return new Fault(FaultCode.Overloaded, "Too many files are being imported. Try again in a minute.");
        }

        var limit = options.Value.MaxImportBytes;
        try
        {
            using var sent = await RentedBody.ReadAsync(file, limit, cancellationToken);
            if (!sent.Bytes.StartsWith<byte>([0x1F, 0x8B]))
            {
                return Keep(sent.Bytes);
            }

            await using var unzipped = new GZipStream(sent.AsStream(), CompressionMode.Decompress);
            using var content = await RentedBody.ReadAsync(unzipped, limit, cancellationToken);
            return Keep(content.Bytes);
        }
        catch (BodyTooLongException)
        {
            return new Fault(
                FaultCode.PayloadTooLarge,
                $"The file is longer than {limit >> 20} MB, which is {OtlpOptions.Section}:MaxImportBytes.");
        }
        catch (Exception exception) when (exception is OtlpFormatException or InvalidDataException)
        {
            return new Fault(FaultCode.InvalidArgument, $"The file is not OTLP/JSON. {exception.Message}");
        }
    }

    public ValueTask DisposeAsync() => _turns.DisposeAsync();

    private Outcome<ImportedTelemetry> Keep(ReadOnlySpan<byte> json)
    {
        var message = JsonTranscoder.ToProtobuf(json, OtlpSchema.File);

        // Metrics first: they alone can still turn out to break a limit, and then nothing is kept yet.
        var metrics = Read(TelemetrySignal.Metrics, message);
        var logs = Read(TelemetrySignal.Logs, message);
        var traces = Read(TelemetrySignal.Traces, message);
        if (metrics.Received + logs.Received + traces.Received == 0)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                "The file holds no telemetry: no resourceSpans, resourceLogs or resourceMetrics.");
        }

        return new ImportedTelemetry(
            traces.Received - traces.Rejected,
            logs.Received - logs.Rejected,
            metrics.Received - metrics.Rejected,
            traces.Rejected + logs.Rejected + metrics.Rejected,
            traces.Reason ?? logs.Reason ?? metrics.Reason);
    }

    private ReadOutcome Read(TelemetrySignal signal, ReadOnlySpan<byte> message) =>
        decoder.Read(signal, message, OtlpSchema.FieldOf(signal), isImported: true);
}
