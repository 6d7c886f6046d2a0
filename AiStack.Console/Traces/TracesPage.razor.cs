using AiStack.Console.Frame;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Traces;

/// <summary>The page that lists traces.</summary>
public sealed partial class TracesPage : LiveListPage
{
    private readonly ShownTraces _shown = new();
    private TraceFilter _filter = new();
    private IReadOnlyList<string> _complaints = [];
    private ImportResult? _imported;

    [Inject]
    internal TraceStore Store { get; set; } = null!;

    private protected override string Path => TraceFilter.Path;

    private protected override TelemetryChanges Changes => Store.Changes;

    private protected override TimeSpan Pause => TimeSpan.FromSeconds(1);

    private string Heading => _shown.Matched == 0
        ? "No traces"
        : _filter.IsEmpty ? Words.Count(_shown.Matched, "trace") : $"{Words.Count(_shown.Matched, "trace")} like that";

    private string ExportAddress => _filter.ToExportAddress(Time.GetUtcNow());

    private protected override void ReadAddress()
    {
        _filter = TraceFilter.Read(Navigation.Uri, out _complaints);
        _shown.Update(Store.Search(Query()), isHeld: false);
    }

    private protected override bool Follow()
    {
        _shown.Update(Store.Search(Query()), IsHeld);
        return true;
    }

    private protected override void Release() => _shown.Release();

    private TraceQuery Query() => _filter.ToQuery(Time.GetUtcNow());

    private void Navigate(TraceFilter filter) => Navigation.NavigateTo(filter.ToAddress());

    private void ChooseDuration((TimeSpan Min, TimeSpan? Max) range) =>
        Navigate(_filter with { Min = range.Min > TimeSpan.Zero ? range.Min : null, Max = range.Max });
}
