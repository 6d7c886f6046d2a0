using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Otlp.Json;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>
/// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf and JSON, compressed or not.
/// </summary>
internal sealed class HttpReceiver(
    TelemetryDecoder decoder, MessageGate gate, TelemetryLedger ledger, IOptions<OtlpOptions> options)
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    public Task ReceiveTracesAsync(HttpContext context) => ReceiveAsync(context, TelemetrySignal.Traces);

    public Task ReceiveLogsAsync(HttpContext context) => ReceiveAsync(context, TelemetrySignal.Logs);

    public Task ReceiveMetricsAsync(HttpContext context) => ReceiveAsync(context, TelemetrySignal.Metrics);

    /// <summary>Ends a request with a <c>google.rpc.Status</c> in the format that it came in.</summary>
    public static async Task RefuseAsync(HttpContext context, int status, StatusCode code, string message)
    {
        context.Response.StatusCode = status;
        var isJson = IsJson(context.Request);
        await AnswerAsync(context, isJson, OtlpAnswer.Status((int)code, message, isJson));
    }

    private async Task ReceiveAsync(HttpContext context, TelemetrySignal signal)
    {
        var isJson = IsJson(context.Request);
        if (!isJson && !IsType(context.Request, Protobuf))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument,
                $"Content-Type must be {Protobuf} or {Json}.");
            return;
        }

        if (context.Request.Headers.ContentEncoding.Count > 0)
        {
            // What can be decompressed already is, and has lost the header.
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument,
                "Content-Encoding must be gzip, deflate or br, or be left out.");
            return;
        }

        using var turn = await gate.EnterAsync(context.RequestAborted);
        if (!turn.IsAcquired)
        {
            ledger.Refused(RefusalReason.Busy);
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(
                context, StatusCodes.Status503ServiceUnavailable, StatusCode.Unavailable, "Too many messages at once.");
            return;
        }

        await ReadAsync(context, signal, isJson);
    }

    private async Task ReadAsync(HttpContext context, TelemetrySignal signal, bool isJson)
    {
        ReadOutcome outcome;
        try
        {
            using var body = await RentedBody.ReadAsync(
                context.Request.Body, options.Value.MaxMessageBytes, context.RequestAborted);
            outcome = isJson
                ? decoder.Read(signal, JsonTranscoder.ToProtobuf(body.Bytes, OtlpSchema.Request(signal)))
                : decoder.Read(signal, body.Bytes);
        }
        catch (BodyTooLongException exception)
        {
            ledger.Refused(RefusalReason.TooLarge);
            await RefuseAsync(
                context, StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, exception.Message);
            return;
        }
        catch (Exception exception) when (exception is OtlpFormatException or InvalidDataException)
        {
            ledger.Refused(RefusalReason.Malformed);
            await RefuseAsync(context, StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, exception.Message);
            return;
        }

        await AnswerAsync(context, isJson, isJson ? OtlpAnswer.Json(signal, outcome) : OtlpAnswer.Protobuf(outcome));
    }

    private static async Task AnswerAsync(HttpContext context, bool isJson, byte[] answer)
    {
        context.Response.ContentType = isJson ? Json : Protobuf;
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static bool IsJson(HttpRequest request) => IsType(request, Json);

    private static bool IsType(HttpRequest request, string type) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var sent)
        && sent.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);
}
