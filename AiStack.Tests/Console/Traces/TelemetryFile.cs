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
        stores.Traces.Add(spans);
        stores.Logs.Add(logs);
        using var file = new MemoryStream();
        await stores.Export.RunAsync(TelemetrySelection.Everything, file, TestContext.Current.CancellationToken);

        await ChooseAsync(page, file.ToArray());
        await Expect(page.Locator(".import-notice")).ToBeVisibleAsync();
    }

    public static Task ChooseAsync(IPage page, byte[] content) => page.GetByLabel("Import a file of OTLP JSON").SetInputFilesAsync(
        new FilePayload { Name = "telemetry.json", MimeType = "application/json", Buffer = content });

    /// <summary>An id that no other test uses.</summary>
    public static string NewTraceId() => Guid.CreateVersion7().ToString("N");
}
