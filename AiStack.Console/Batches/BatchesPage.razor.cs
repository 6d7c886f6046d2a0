using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Batches;

/// <summary>The page on which people start, watch and cancel batches. What runs moves on while it is open.</summary>
public sealed partial class BatchesPage : IDisposable
{
    private static readonly TimeSpan _busyPause = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _idlePause = TimeSpan.FromSeconds(6);

    private readonly Leaving _leaving = new();
    private readonly Dictionary<string, string> _names = [];
    private readonly HashSet<string> _asked = [];
    private readonly NewestFirst<BatchView> _batches = new(batch => batch.Id);
    private Fault? _fault;
    private string? _failed;

    [Inject]
    internal BatchesApi Batches { get; set; } = null!;

    [Inject]
    internal FilesApi Files { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    public void Dispose() => _leaving.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            while (!_leaving.IsCancellationRequested)
            {
                await RefreshAsync();
                StateHasChanged();
                var isBusy = _batches.Items?.Any(batch => batch.IsRunning) == true;
                await Task.Delay(isBusy ? _busyPause : _idlePause, Time, _leaving.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task RefreshAsync()
    {
        if (await ReadAsync(after: null) is { } page)
        {
            _batches.Renew(page);
        }
    }

    private async Task LoadOlderAsync()
    {
        if (await ReadAsync(_batches.Last) is { } page)
        {
            _batches.Append(page);
        }
    }

    private async Task<Page<BatchView>?> ReadAsync(string? after)
    {
        var outcome = await Batches.ListAsync(after, _leaving.Token);
        _failed = "The batches cannot be shown";
        if (!outcome.TryGet(out var page, out _fault))
        {
            return null;
        }

        // A file's name never changes: each is asked for once, and one that is gone too.
        foreach (var id in page.Data.Select(batch => batch.InputFileId).Where(_asked.Add))
        {
            if ((await Files.GetAsync(id, _leaving.Token)).TryGet(out var file, out _))
            {
                _names[id] = file.Filename;
            }
        }

        return page;
    }

    private async Task CancelAsync(BatchView batch)
    {
        _failed = "The batch was not cancelled";
        if (await Person.RefusalAsync(Roles.Operator) is { } refusal)
        {
            _fault = refusal;
            return;
        }

        var answer = await Dialogs.ShowConfirmationAsync(
            $"{Words.Number(batch.RequestCounts.Completed + batch.RequestCounts.Failed)} of "
            + $"{Words.Count(batch.RequestCounts.Total, "request")} are done, and are kept in its files. No other is "
            + "begun.",
            "Cancel the batch?", "Cancel the batch", "Go on");
        if (answer.Cancelled)
        {
            return;
        }

        if ((await Batches.CancelAsync(batch.Id, _leaving.Token)).TryGet(out var cancelled, out _fault))
        {
            _batches.Put(cancelled);
        }
    }
}
