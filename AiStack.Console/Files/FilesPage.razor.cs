using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Files;

/// <summary>The page on which people add, watch and delete files.</summary>
public sealed partial class FilesPage : IDisposable
{
    private const int MaxStores = 100;
    private static readonly TimeSpan _busyPause = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _idlePause = TimeSpan.FromSeconds(6);

    private readonly Leaving _leaving = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private IReadOnlyList<StoreView> _stores = [];
    private string _storeId = "";
    private bool _knowsStores; // Else the list would overtake what a person chose or dropped before.
    private Fault? _fault;
    private Fault? _refused;
    private bool _isLoadingMore;

    /// <summary>The store to show; without it, the one that the person last worked with.</summary>
    [SupplyParameterFromQuery(Name = "store")]
    public string? AskedStore { get; set; }

    [Inject]
    internal FileList List { get; set; } = null!;

    [Inject]
    internal FilesApi Files { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal UploadQueue Queue { get; set; } = null!;

    [Inject]
    internal ChosenStore ChosenStore { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    public void Dispose()
    {
        Queue.Arrived -= LookNow;
        _leaving.Dispose();
        _wake.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        Queue.Arrived += LookNow;
        await ReloadAsync();
        StateHasChanged();
        await WatchAsync(_leaving.Token);
    }

    private async Task ReloadAsync()
    {
        var outcome = await Stores.ListAsync(null, MaxStores, _leaving.Token);
        if (!outcome.TryGet(out var page, out _fault))
        {
            return;
        }

        (_stores, _knowsStores) = (page.Data, true);
        var asked = AskedStore ?? ChosenStore.Id;
        await OpenAsync(_stores.FirstOrDefault(store => store.Id == asked)
            ?? (asked is null ? _stores.FirstOrDefault(store => store.FileCounts.Total > 0) : null));
    }

    private Task ChooseAsync(string storeId) => OpenAsync(_stores.FirstOrDefault(store => store.Id == storeId));

    private async Task OpenAsync(StoreView? store)
    {
        ChosenStore.Id = _storeId = store?.Id ?? "";
        _fault = await List.OpenAsync(store, _leaving.Token);
    }

    private Task CreatedAsync(StoreView store)
    {
        _stores = [store, .. _stores];
        return OpenAsync(store);
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        _fault = await List.LoadMoreAsync(_leaving.Token);
        _isLoadingMore = false;
    }

    private Task ChangedAsync(StoreView store)
    {
        _stores = [.. _stores.Select(old => old.Id == store.Id ? store : old)];
        return OpenAsync(store);
    }

    private Task StoreDeletedAsync(StoreView store)
    {
        _stores = [.. _stores.Where(old => old.Id != store.Id)];
        return OpenAsync(null);
    }

    private async Task DeleteAsync(FileRow row)
    {
        if (!await ConfirmAsync(
            $"“{row.Name}” leaves every store it is in, and no answer will be drawn from it any more. "
            + "This cannot be undone.",
            "Delete the file?", "Delete"))
        {
            return;
        }

        var outcome = await Files.DeleteAsync(row.Id, _leaving.Token);
        if (outcome.TryGet(out _, out _refused))
        {
            List.Remove(row.Id);
            LookNow();
        }
    }

    private async Task RemoveAsync(FileRow row)
    {
        if (List.Store is not { } store || !await ConfirmAsync(
            $"Answers from “{store.Title}” will not be drawn from “{row.Name}” any more. The file itself stays, in "
            + "other stores too, and can be added again; its attributes here are forgotten.",
            "Remove the file from the store?", "Remove"))
        {
            return;
        }

        var outcome = await Stores.DetachAsync(store.Id, row.Id, _leaving.Token);
        if (outcome.TryGet(out _, out _refused))
        {
            List.Remove(row.Id);
            LookNow();
        }
    }

    private async Task<bool> ConfirmAsync(string what, string title, string action)
    {
        _refused = await Person.RefusalAsync(Roles.Operator);
        return _refused is null && !(await Dialogs.ShowConfirmationAsync(what, title, action, "Keep")).Cancelled;
    }

    // The API does not push states, so the Console looks, once for the page, and pushes what
    // has changed to the browser.
    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            while (!leaving.IsCancellationRequested)
            {
                await _wake.WaitAsync(List.IsInProgress || Queue.Unfinished > 0 ? _busyPause : _idlePause, leaving);
                if (List.IsLoaded)
                {
                    var fault = await List.RefreshAsync(leaving);
                    _fault = List.IsLoaded ? fault : _fault; // Meanwhile another list may have failed to load.
                    _stores = [.. _stores.Select(store => List.Store is { } now && now.Id == store.Id ? now : store)];
                    StateHasChanged();
                }
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private void LookNow()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }
}
