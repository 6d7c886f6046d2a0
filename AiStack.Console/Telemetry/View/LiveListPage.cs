using AiStack.Console.Frame;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Telemetry.View;

/// <summary>
/// A page that lists what arrives. Its filters are its address, and what is new comes in by itself, but waits while the
/// person has paused the list or has the pointer in it.
/// </summary>
public abstract class LiveListPage : ComponentBase, IDisposable
{
    private readonly Leaving _leaving = new();
    private bool _hasPointer;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    /// <summary>Whether the person has stopped the list.</summary>
    private protected bool IsPaused { get; private set; }

    /// <summary>Whether what is new must wait.</summary>
    private protected bool IsHeld => IsPaused || _hasPointer;

    /// <summary>The page's address without its query, relative to the Console's.</summary>
    private protected abstract string Path { get; }

    /// <summary>Tells that something has arrived.</summary>
    private protected abstract TelemetryChanges Changes { get; }

    /// <summary>The time between two looks: as often as somebody reads a list that changes.</summary>
    private protected abstract TimeSpan Pause { get; }

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += Moved;
        ReadAddress();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await WatchAsync(_leaving.Token);
        }
    }

    /// <summary>Lists what matches the filters in the address.</summary>
    private protected abstract void ReadAddress();

    /// <summary>
    /// Takes what has arrived, to wait while <see cref="IsHeld"/>; false when the page looks the same after it.
    /// </summary>
    private protected abstract bool Follow();

    /// <summary>Shows everything that waits.</summary>
    private protected abstract void Release();

    private protected void SetPaused(bool isPaused)
    {
        IsPaused = isPaused;
        if (!isPaused)
        {
            Release();
        }
    }

    // What waits comes in when the pointer has gone, not before.
    private protected void SetPointer(bool isInList)
    {
        _hasPointer = isInList;
        if (!IsHeld)
        {
            Release();
        }
    }

    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            await foreach (var _ in Changes.WatchAsync(leaving))
            {
                if (Follow())
                {
                    StateHasChanged();
                }

                await Task.Delay(Pause, Time, leaving);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private void Moved(object? sender, LocationChangedEventArgs change)
    {
        if (Navigation.ToBaseRelativePath(change.Location).Split('?')[0] == Path)
        {
            ReadAddress();
            StateHasChanged();
        }
    }
}
