using AiStack.Console.Telemetry.View;

namespace AiStack.Console.Traces;

/// <summary>The pages of traces.</summary>
internal static class TracesExtensions
{
    public static void AddTraces(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<ServiceColours>();
}
