using System.Globalization;
using AiStack.Console.Telemetry.Otlp.Decoding;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc): one call for each signal.</summary>
internal sealed class GrpcReceiver(TelemetryDecoder decoder, MessageGate gate, TelemetryLedger ledger)
{
    public static bool IsCall(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    /// <summary>Ends a call with a status, before its message is read.</summary>
    public static void Refuse(HttpResponse response, StatusCode code, string message)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = message;
    }

    /// <summary>Lets a call wait for its turn before gRPC reads the message into memory.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsCall(context.Request))
        {
            await next(context);
            return;
        }

        using var turn = await gate.EnterAsync(context.RequestAborted);
        if (turn.IsAcquired)
        {
            await next(context);
            return;
        }

        ledger.Refused(RefusalReason.Busy);
        Refuse(context.Response, StatusCode.Unavailable, "Too many messages at once.");
    }

    public byte[] Export(TelemetrySignal signal, byte[] message)
    {
        try
        {
            return OtlpAnswer.Protobuf(decoder.Read(signal, message));
        }
        catch (OtlpFormatException exception)
        {
            ledger.Refused(RefusalReason.Malformed);
            throw new RpcException(new Status(StatusCode.InvalidArgument, exception.Message));
        }
    }
}

/// <summary>
/// Tells gRPC the methods of OpenTelemetry's services (opentelemetry/proto/collector). Messages stay bytes: the
/// decoder reads them where they are, without the objects that generated code would make of them first.
/// </summary>
internal sealed class GrpcMethods : IServiceMethodProvider<GrpcReceiver>
{
    private static readonly Marshaller<byte[]> _bytes = new(
        (message, context) => context.Complete(message), context => context.PayloadAsNewBuffer());

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<GrpcReceiver> context)
    {
        Add(context, TelemetrySignal.Traces, "opentelemetry.proto.collector.trace.v1.TraceService");
        Add(context, TelemetrySignal.Logs, "opentelemetry.proto.collector.logs.v1.LogsService");
        Add(context, TelemetrySignal.Metrics, "opentelemetry.proto.collector.metrics.v1.MetricsService");
    }

    private static void Add(
        ServiceMethodProviderContext<GrpcReceiver> context, TelemetrySignal signal, string service) =>
        context.AddUnaryMethod(
            new Method<byte[], byte[]>(MethodType.Unary, service, "Export", _bytes, _bytes),
            [],
            (receiver, message, _) => Task.FromResult(receiver.Export(signal, message)));
}
