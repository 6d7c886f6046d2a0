using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Stores;

/// <summary>A store's snapshots, what differs from them, rolling back, and what was held at a time.</summary>
public sealed partial class VersionsPage : IDisposable
{
    private readonly Leaving _leaving = new();
    private readonly Dictionary<string, string> _reasons = [];
    private StoreView? _store;
    private IReadOnlyList<SnapshotView>? _snapshots;
    private StoreDiffView? _diff;
    private Page<HeldFileView>? _held;
    private string? _compared;
    private string _name = "";
    private DateTime _at;
    private string? _said;
    private bool _isBusy;
    private string _faultTitle = "";
    private Fault? _fault;

    [Parameter]
    public required string StoreId { get; set; }

    [Inject]
    internal VersionsApi Versions { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    public void Dispose() => _leaving.Dispose();

    protected override void OnInitialized() => _at = Time.GetUtcNow().UtcDateTime;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await LoadAsync();
            StateHasChanged();
        }
    }

    private async Task LoadAsync()
    {
        _faultTitle = "The store's versions cannot be shown";
        if ((await Stores.GetAsync(StoreId, _leaving.Token)).TryGet(out _store, out _fault)
            && (await Versions.ListAsync(StoreId, _leaving.Token)).TryGet(out var snapshots, out _fault))
        {
            _snapshots = snapshots.Data;
        }
    }

    private Task CreateAsync() => ChangeAsync(
        "No snapshot was made", Roles.Operator, () => Versions.CreateAsync(StoreId, _name, _leaving.Token),
        made =>
        {
            _name = "";
            return $"{made.Name} is kept.";
        });

    private async Task DeleteAsync(SnapshotView snapshot)
    {
        if ((await Dialogs.ShowConfirmationAsync(
            $"“{snapshot.Name}” is deleted for good: the store cannot go back to it. The store stays as it is.",
            "Delete the snapshot?", "Delete", "Keep")).Cancelled)
        {
            return;
        }

        await ChangeAsync(
            "The snapshot was not deleted", Roles.Operator,
            () => Versions.DeleteAsync(StoreId, snapshot.Id, _leaving.Token), _ => $"{snapshot.Name} is deleted.");
    }

    private async Task RollBackAsync(SnapshotView snapshot)
    {
        if ((await Dialogs.ShowConfirmationAsync(
            $"From then on searches find what “{snapshot.Name}” holds: {Words.Count(snapshot.Files, "file")}. What the "
            + "store holds now is kept as a snapshot first. Files that are on their way into it do not come.",
            "Roll the store back?", "Roll back", "Keep")).Cancelled)
        {
            return;
        }

        await ChangeAsync(
            "The store was not rolled back", Roles.Admin,
            () => Versions.RollBackAsync(
                StoreId, snapshot.Id, _reasons.GetValueOrDefault(snapshot.Id, ""), _leaving.Token),
            done =>
            {
                _reasons.Remove(snapshot.Id);
                return $"The store holds {Words.Count(done.Files, "file")} again. What it held is a snapshot, too.";
            });
    }

    private async Task CompareAsync(SnapshotView snapshot)
    {
        (_said, _faultTitle) = (null, "They cannot be compared");
        if ((await Versions.DiffAsync(StoreId, snapshot.Id, VersionsApi.Now, _leaving.Token))
            .TryGet(out var diff, out _fault))
        {
            (_diff, _compared) = (diff, snapshot.Id);
        }
    }

    private async Task ShowHeldAsync()
    {
        (_said, _faultTitle) = (null, "What was held cannot be shown");
        // The field has whole seconds: what came within that one is in it.
        var end = _at.AddSeconds(1).AddMicroseconds(-1);
        (await Versions.HeldAsync(StoreId, end, _leaving.Token)).TryGet(out _held, out _fault);
    }

    private async Task ChangeAsync<T>(
        string title, string role, Func<Task<Outcome<T>>> change, Func<T, string> said)
        where T : notnull
    {
        (_said, _faultTitle, _fault) = (null, title, await Person.RefusalAsync(role));
        if (_fault is not null || _isBusy)
        {
            return;
        }

        _isBusy = true;
        var outcome = await change();
        _isBusy = false;
        if (outcome.TryGet(out var done, out _fault))
        {
            (_said, _diff) = (said(done), null);
            await LoadAsync();
        }
    }
}
