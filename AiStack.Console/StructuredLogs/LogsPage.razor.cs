using AiStack.Console.Frame;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.StructuredLogs;

/// <summary>The page of log records with their values. Its filters are its address; what arrives is pushed to it.</summary>
public sealed partial class LogsPage : IDisposable
{
    /// <summary>New services and categories are rare; finding them means looking at every record.</summary>
    private static readonly TimeSpan _namesPause = TimeSpan.FromSeconds(10);

    /// <summary>As often as somebody reads a list that changes.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(0.5);

    private readonly Leaving _leaving = new();
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
    private bool _isPaused;
    private bool _isHeld;

    [Inject]
    internal LogStore Store { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private string Heading => _tail.Rows.Count == 0 ? "No records" : Words.Count(_tail.Rows.Count, "record") + (_tail.HasMore ? " or more" : "");

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _leaving.Dispose();
    }

    protected override void OnInitialized()
    {
        _tail = new(Store);
        Navigation.LocationChanged += Moved;
        ReadNames();
        ReadAddress();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await WatchAsync(_leaving.Token);
        }
    }

    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            await foreach (var _ in Store.Changes.WatchAsync(leaving))
            {
                if (Time.GetElapsedTime(_namesReadAt) > _namesPause)
                {
                    ReadNames();
                }

                if (_tail.Follow(_isPaused || _isHeld))
                {
                    StateHasChanged();
                }

                await Task.Delay(_pause, Time, leaving);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private void ReadNames() => (_services, _categories, _namesReadAt) = (Store.Services, Store.Categories, Time.GetTimestamp());

    private void ReadAddress()
    {
        _filter = LogFilter.Read(Navigation.Uri, out _complaint);
        _tail.Open(_filter.ToQuery());
    }

    private void Moved(object? sender, LocationChangedEventArgs change)
    {
        if (Navigation.ToBaseRelativePath(change.Location).Split('?')[0] == LogFilter.Path)
        {
            ReadAddress();
            StateHasChanged();
        }
    }

    private void Navigate(LogFilter filter) => Navigation.NavigateTo(filter.ToAddress());

    private void Pause(bool isPaused)
    {
        _isPaused = isPaused;
        if (!isPaused)
        {
            _tail.Release();
        }
    }

    // What waits comes in when the pointer has gone, not before.
    private void Hold(bool isHeld)
    {
        _isHeld = isHeld;
        if (!isHeld && !_isPaused)
        {
            _tail.Release();
        }
    }

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
