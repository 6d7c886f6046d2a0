using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Sources;

/// <summary>One source: its runs as they go on, what could not be read, and what can be done with it.</summary>
public sealed partial class SourcePage : IDisposable
{
    private static readonly TimeSpan _busyPause = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _idlePause = TimeSpan.FromSeconds(6);

    private readonly Leaving _leaving = new();
    private SourceView? _source;
    private IReadOnlyList<SourceRunView>? _runs;
    private List<SourceItemView>? _problems;
    private SourceRunView? _dry;
    private string? _store;
    private string? _lastProblem;
    private Fault? _fault;
    private string? _failed;

    [Parameter]
    public required string Id { get; set; }

    [Inject]
    internal SourcesApi Sources { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

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
                await LoadAsync();
                StateHasChanged();
                await Task.Delay(_source?.IsRunning == true ? _busyPause : _idlePause, Time, _leaving.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task LoadAsync()
    {
        _failed = "The source cannot be shown";
        if (!(await Sources.GetAsync(Id, _leaving.Token)).TryGet(out var source, out _fault)
            || !(await Sources.RunsAsync(Id, _leaving.Token)).TryGet(out var runs, out _fault))
        {
            return;
        }

        (_source, _runs) = (source, runs.Data);
        if (_store is null
            && (await Stores.GetAsync(source.VectorStoreId, _leaving.Token)).TryGet(out var store, out _))
        {
            _store = store.Name;
        }

        // More pages were asked for: they stay as they are.
        if (_problems is null || _problems.Count <= source.Problems || _lastProblem is null)
        {
            _problems = await ReadProblemsAsync(after: null) ?? _problems;
        }
    }

    private async Task<List<SourceItemView>?> ReadProblemsAsync(string? after)
    {
        if (!(await Sources.ProblemsAsync(Id, after, _leaving.Token)).TryGet(out var page, out _fault))
        {
            return null;
        }

        _lastProblem = page.HasMore ? page.LastId : null;
        return [.. page.Data];
    }

    private async Task MoreProblemsAsync() =>
        _problems = [.. _problems!, .. await ReadProblemsAsync(_lastProblem) ?? []];

    private Task RunAsync(bool dryRun) => DoAsync(
        "The source was not read", async () => (await Sources.RunAsync(Id, dryRun, false, _leaving.Token)).Fault());

    private Task AllowAsync() => DoAsync(
        "The source was not read", async () => (await Sources.RunAsync(Id, false, true, _leaving.Token)).Fault());

    private Task CancelAsync(SourceRunView run) => DoAsync(
        "The run was not cancelled", async () => (await Sources.CancelAsync(Id, run.Id, _leaving.Token)).Fault());

    private Task PauseAsync() => DoAsync(
        "The source was not changed",
        async () => (await Sources.PauseAsync(Id, !_source!.Paused, _leaving.Token)).Fault());

    private async Task ShowAsync(SourceRunView run)
    {
        _failed = "The run cannot be shown";
        if ((await Sources.GetRunAsync(Id, run.Id, _leaving.Token)).TryGet(out var read, out _fault))
        {
            _dry = _dry?.Id == read.Id ? null : read;
        }
    }

    private async Task DeleteAsync()
    {
        var answer = await Dialogs.ShowConfirmationAsync(
            $"“{_source!.Name}” and its {Words.Count(_source.Documents, "document")} are deleted here, and found no "
            + "more. At their source they stay as they are.",
            "Delete the source?", "Delete", "Keep");
        if (answer.Cancelled)
        {
            return;
        }

        await DoAsync(
            "The source was not deleted", () => Sources.DeleteAsync(Id, "delete", CancellationToken.None),
            reload: false);
        if (_fault is null)
        {
            Navigation.NavigateTo("sources");
        }
    }

    private async Task DoAsync(string failed, Func<Task<Fault?>> act, bool reload = true)
    {
        _fault = await Person.RefusalAsync(Roles.Admin) ?? await act();
        if (_fault is not null)
        {
            _failed = failed;
        }
        else if (reload)
        {
            await LoadAsync();
        }
    }
}

internal static class OutcomeFaults
{
    /// <summary>The fault; null when it is none.</summary>
    public static Fault? Fault<T>(this Outcome<T> outcome)
        where T : notnull =>
        outcome.TryGet(out _, out var fault) ? null : fault;
}
