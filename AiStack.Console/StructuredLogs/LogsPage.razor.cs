using AiStack.Console.Frame;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.StructuredLogs;

/// <summary>The page of log records with their values.</summary>
public sealed partial class LogsPage : LiveListPage
{
    /// <summary>New services and categories are rare; finding them means looking at every record.</summary>
    private static readonly TimeSpan _namesPause = TimeSpan.FromSeconds(10);

    private LogTail _tail = null!;
    private LogTable? _table;
    private LogFilter _filter = new();
    private string? _complaint;
    private IReadOnlyList<string> _services = [];
    private IReadOnlyList<string> _categories = [];
    private LogRecord? _current;
    private LogRecord? _opened;
    private long _namesReadAt;
    private ImportResult? _imported;
    private bool _takesFocus;

    [Inject]
    internal LogStore Store { get; set; } = null!;

    private protected override string Path => LogFilter.Path;

    private protected override TelemetryChanges Changes => Store.Changes;

    private protected override TimeSpan Pause => TimeSpan.FromSeconds(0.5);

    private string Heading => _tail.Rows.Count == 0
        ? "No records"
        : Words.Count(_tail.Rows.Count, "record") + (_tail.HasMore ? " or more" : "");

    protected override void OnInitialized()
    {
        _tail = new(Store);
        ReadNames();
        base.OnInitialized();
    }

    private protected override void ReadAddress()
    {
        _filter = LogFilter.Read(Navigation.Uri, out _complaint);
        _tail.Open(_filter.ToQuery());
    }

    private protected override bool Follow()
    {
        if (Time.GetElapsedTime(_namesReadAt) > _namesPause)
        {
            ReadNames();
        }

        return _tail.Follow(IsHeld);
    }

    private protected override void Release() => _tail.Release();

    private void ReadNames() =>
        (_services, _categories, _namesReadAt) = (Store.Services, Store.Categories, Time.GetTimestamp());

    private void Navigate(LogFilter filter) => Navigation.NavigateTo(filter.ToAddress());

    // Open details follow the current row, but the focus stays in the rows.
    private void Choose(LogRecord record)
    {
        _current = record;
        if (_opened is not null)
        {
            (_opened, _takesFocus) = (record, false);
        }
    }

    private void Open(LogRecord record) => (_current, _opened, _takesFocus) = (record, record, true);

    private async Task CloseAsync()
    {
        _opened = null;
        await (_table?.FocusAsync() ?? ValueTask.CompletedTask);
    }
}
