using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Exchange;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Traces;
using AiStack.Tests.Console.Telemetry;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiStack.Tests.Console.Traces;

/// <summary>Telemetry as a person brings it to the Console: a file, chosen with the button that imports it.</summary>
internal static class TelemetryFile
{
    /// <summary>Chooses a file with these spans and records, and waits until they are imported.</summary>
    public static async Task ImportAsync(IPage page, IReadOnlyCollection<Span> spans, params LogRecord[] logs)
    {
        var stores = new TelemetryStores(limits => limits.MaxSpansPerTrace = 100_000);
        stores.Traces.Add([.. spans.Select(span => span with { Resource = Named(span.Resource) })]);
        stores.Logs.Add([.. logs.Select(record => record with { Resource = Named(record.Resource) })]);
        using var file = new MemoryStream();
        await stores.Export.RunAsync(TelemetrySelection.Everything, file, TestContext.Current.CancellationToken);

        await ChooseAsync(page, file.ToArray());
        await Expect(page.Locator(".import-notice")).ToBeVisibleAsync();
    }

    public static Task ChooseAsync(IPage page, byte[] content) =>
        page.GetByLabel("Import a file of OTLP JSON").SetInputFilesAsync(
        new FilePayload { Name = "telemetry.json", MimeType = "application/json", Buffer = content });

    // A file holds attributes alone, and the service's name is one of them.
    private static TelemetryResource Named(TelemetryResource resource) =>
        resource with { Attributes = new([new("service.name", resource.Service), .. resource.Attributes]) };

    /// <summary>An id that no other test uses.</summary>
    public static string NewTraceId() => Guid.CreateVersion7().ToString("N");
}
