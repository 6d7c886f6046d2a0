using AiStack.Console.Frame;
using AiStack.Console.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AiStack.Console.ConsoleLogs;

/// <summary>The page on which people read what the parts of the stack print.</summary>
public sealed partial class ConsoleLogsPage : IAsyncDisposable
{
    private readonly DotNetObjectReference<ConsoleLogsPage> _self;
    private ElementReference _log;
    private IJSObjectReference? _script;
    private string _resource = "";
    private string _words = "";
    private bool _pausedByScrolling;
    private bool _isGone;

    public ConsoleLogsPage() => _self = DotNetObjectReference.Create(this);

    /// <summary>The resource whose lines to show; without it, all.</summary>
    [SupplyParameterFromQuery(Name = "resource")]
    public string? AskedResource { get; set; }

    [Inject]
    internal LogBook Book { get; set; } = null!;

    [Inject]
    internal LogWindow Window { get; set; } = null!;

    [Inject]
    internal ResourceFeed Feed { get; set; } = null!;

    [Inject]
    internal HostClient Host { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    [Inject]
    internal IJSRuntime Scripts { get; set; } = null!;

    // A folder prints nothing.
    private IEnumerable<string> Names =>
        (Feed.Resources ?? []).Where(resource => resource.Kind != "blobs").Select(resource => resource.Name);

    private string DownloadAddress =>
        $"console-logs/download?resource={Uri.EscapeDataString(_resource)}&words={Uri.EscapeDataString(_words)}";

    private string Counts => Window.IsPaused && Window.Waiting > 0
        ? $"{Words.Count(Window.Lines.Count, "line")}, paused; {Words.Count(Window.Waiting, "new line")}"
        : $"{Words.Count(Window.Lines.Count, "line")}{(Window.IsPaused ? ", paused" : "")}";

    /// <summary>Told by the script when the person has scrolled away from the newest lines, or back to them.</summary>
    [JSInvokable]
    public async Task ScrolledAsync(bool isAtEnd)
    {
        // Who has pressed Pause means it, wherever the page is.
        if (isAtEnd && Window.IsPaused && _pausedByScrolling && Window.Waiting == 0)
        {
            await FollowAsync();
        }
        else if (!isAtEnd && !Window.IsPaused)
        {
            Window.Pause();
            _pausedByScrolling = true;
        }

        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        _isGone = true;
        Book.Changed -= Refresh;
        Clock.Changed -= Refresh;
        await _script.DisposeQuietlyAsync();
        _self.Dispose();
    }

    protected override void OnInitialized()
    {
        _resource = AskedResource ?? "";
        Window.Filter = LogFilter.Of(_resource, _words);
        Book.Changed += Refresh;
        Clock.Changed += Refresh;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Host.IsKnown)
        {
            _script = await Scripts.InvokeAsync<IJSObjectReference>("import", "./ConsoleLogs/ConsoleLogsPage.razor.js");
            if (_isGone)
            {
                // The person left while the script was on its way.
                await _script.DisposeQuietlyAsync();
                return;
            }

            await _script.InvokeVoidAsync("watch", _log, _self);
            await ToEndAsync();
        }
    }

    private void Refresh() => InvokeAsync(async () =>
    {
        Window.CatchUp();
        StateHasChanged();
        if (!Window.IsPaused)
        {
            await ToEndAsync();
        }
    });

    private Task ChooseAsync(ChangeEventArgs change)
    {
        _resource = (string?)change.Value ?? "";
        return FilterAsync();
    }

    private Task FilterAsync()
    {
        Window.Filter = LogFilter.Of(_resource, _words);
        return FollowAsync();
    }

    private void Pause()
    {
        Window.Pause();
        _pausedByScrolling = false;
    }

    private async Task FollowAsync()
    {
        Window.Follow();
        _pausedByScrolling = false;
        StateHasChanged();
        await ToEndAsync();
    }

    private async Task ToEndAsync()
    {
        try
        {
            if (_script is not null && !_isGone)
            {
                await _script.InvokeVoidAsync("toEnd", _log);
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is closed.
        }
    }
}
