using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>How telemetry comes in.</summary>
internal static class OtlpExtensions
{
    public static void AddOtlpReceivers(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<OtlpOptions>();
        builder.Services.AddSingleton<IValidateOptions<OtlpOptions>, OtlpOptionsValidator>();
        builder.Services.AddSingleton<TelemetryDecoder>();
        builder.Services.AddSingleton<MessageGate>();
        builder.Services.AddSingleton<OtlpKey>();
        builder.Services.AddSingleton<GrpcReceiver>();
        builder.Services.AddSingleton<HttpReceiver>();
        builder.Services.AddHostedService<OtlpServer>();
    }
}
