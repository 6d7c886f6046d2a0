using System.Text.Json.Nodes;
using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Stores;

/// <summary>A file in a store: its state, its attributes, and the chunks that search finds.</summary>
public sealed partial class StoreFilePage : IDisposable
{
    private const int MaxStores = 100;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1.5);

    private readonly Leaving _leaving = new();
    private StoreView? _store;
    private FileView? _file;
    private StoreFileView? _inStore;
    private ChunkView? _chunk;
    private IReadOnlyList<StoreView> _others = [];
    private string? _said;
    private string _faultTitle = "";
    private Fault? _fault;

    [Parameter]
    public required string StoreId { get; set; }

    [Parameter]
    public required string FileId { get; set; }

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal FilesApi Files { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal NavigationManager Address { get; set; } = null!;

    private string Name => _file?.Filename ?? "File";

    public void Dispose() => _leaving.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        await LoadAsync();
        StateHasChanged();
        await WatchAsync();
    }

    private async Task LoadAsync()
    {
        _faultTitle = "The file cannot be shown";
        var inStore = await Stores.GetFileAsync(StoreId, FileId, _leaving.Token);
        var stores = await Stores.ListAsync(null, MaxStores, _leaving.Token);
        if (!inStore.TryGet(out _inStore, out _fault) || !stores.TryGet(out var page, out _fault))
        {
            return;
        }

        _ = (await Files.GetAsync(FileId, _leaving.Token)).TryGet(out _file, out _);
        _store = page.Data.FirstOrDefault(store => store.Id == StoreId);
        _others = [.. page.Data.Where(store => store.Id != StoreId)];
    }

    // While the file is in progress its state is looked at, as on the page of all files.
    private async Task WatchAsync()
    {
        try
        {
            while (_inStore?.Status == "in_progress")
            {
                await Task.Delay(_pause, _leaving.Token);
                _ = (await Stores.GetFileAsync(StoreId, FileId, _leaving.Token)).TryGet(out var now, out _fault);
                _inStore = now ?? _inStore;
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private async Task SaveAsync(JsonObject attributes)
    {
        if (!await MayAsync("The attributes were not changed"))
        {
            return;
        }

        var outcome = await Stores.UpdateFileAsync(StoreId, FileId, attributes, _leaving.Token);
        if (outcome.TryGet(out var changed, out _fault))
        {
            (_inStore, _said) = (changed, "The attributes are saved; the next search sees them.");
        }
    }

    private async Task AddToAsync(string? storeId)
    {
        if (_others.FirstOrDefault(store => store.Id == storeId) is not { } other
            || !await MayAsync("The file was not added"))
        {
            return;
        }

        // Adding it where it is would take its attributes there away.
        if ((await Stores.GetFileAsync(other.Id, FileId, _leaving.Token)).TryGet(out _, out _))
        {
            _said = $"“{Name}” is in “{other.Title}” already.";
            return;
        }

        // It stays for those whom it is for here.
        var outcome = await Stores.AttachAsync(other.Id, FileId, _inStore?.Principals, _leaving.Token);
        _said = outcome.TryGet(out _, out _fault) ? $"“{Name}” is being added to “{other.Title}”." : null;
    }

    private async Task RemoveAsync()
    {
        var what = $"Answers from “{_store?.Title}” will not be drawn from “{Name}” any more. The file itself stays, "
            + "in other stores too, and can be added again; its attributes here, and whom it is for, are forgotten.";
        if (await MayAsync("The file was not removed")
            && await ConfirmAsync(what, "Remove the file from the store?", "Remove"))
        {
            Leave((await Stores.DetachAsync(StoreId, FileId, _leaving.Token)).TryGet(out _, out _fault));
        }
    }

    private async Task DeleteAsync()
    {
        var what = $"“{Name}” leaves every store it is in, and no answer will be drawn from it any more. "
            + "This cannot be undone.";
        if (await MayAsync("The file was not deleted") && await ConfirmAsync(what, "Delete the file?", "Delete"))
        {
            Leave((await Files.DeleteAsync(FileId, _leaving.Token)).TryGet(out _, out _fault));
        }
    }

    private async Task<bool> MayAsync(string otherwise)
    {
        (_said, _faultTitle, _fault) = (null, otherwise, await Person.RefusalAsync(Roles.Operator));
        return _fault is null;
    }

    private async Task<bool> ConfirmAsync(string what, string title, string action) =>
        !(await Dialogs.ShowConfirmationAsync(what, title, action, "Keep")).Cancelled;

    private void Leave(bool isGone)
    {
        if (isGone)
        {
            Address.NavigateTo($"files?store={Uri.EscapeDataString(StoreId)}");
        }
    }
}
