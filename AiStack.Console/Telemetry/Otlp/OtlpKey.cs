using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>Lets in only who has the key, before anything of the message is read.</summary>
internal sealed class OtlpKey(IOptions<OtlpOptions> options, TelemetryLedger ledger)
{
    public const string Header = "x-otlp-api-key";

    private const string Refusal = $"The header {Header} is missing or wrong.";

    private readonly byte[]? _expected = options.Value.Key is { } key ? Hash(key) : null;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_expected is null || IsRight(context.Request.Headers[Header].ToString()))
        {
            return next(context);
        }

        ledger.Refused(RefusalReason.Key);
        if (GrpcReceiver.IsCall(context.Request))
        {
            GrpcReceiver.Refuse(context.Response, StatusCode.Unauthenticated, Refusal);
            return Task.CompletedTask;
        }

        return HttpReceiver.RefuseAsync(
            context, StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated, Refusal);
    }

    // Equally long whatever was sent: neither its letters nor its length can be found out by the time it takes.
    private bool IsRight(string sent) => CryptographicOperations.FixedTimeEquals(Hash(sent), _expected);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
