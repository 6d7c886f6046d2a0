using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Keys;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Usage;

/// <summary>The page that says what was asked, by which model and key, and what it cost.</summary>
public sealed partial class UsagePage : IDisposable
{
    private const string ByModel = "model";
    private const string ByKey = "api_key_id";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Leaving _leaving = new();
    private UsageRange _range = UsageRange.All[0];
    private string _groupBy = ByModel;
    private UsageTotal? _today;
    private UsageTotal? _month;
    private IReadOnlyList<UsageGroup>? _groups;
    private string _currency = "";
    private ChartContent _cost = ChartContent.Empty;
    private ChartContent _tokens = ChartContent.Empty;
    private ChartContent _requests = ChartContent.Empty;
    private Fault? _fault;

    [Inject]
    internal UsageApi Usage { get; set; } = null!;

    [Inject]
    internal KeysApi Keys { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    public void Dispose()
    {
        Clock.Changed -= Refresh;
        _leaving.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        Clock.Changed += Refresh;
        using var timer = new PeriodicTimer(Pause);
        try
        {
            do
            {
                await LoadAsync();
                StateHasChanged();
            }
            while (await timer.WaitForNextTickAsync(_leaving.Token));
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page.
        }
    }

    private Task ChooseRangeAsync(ChangeEventArgs change)
    {
        _range = UsageRange.All.FirstOrDefault(range => range.Name == (string?)change.Value) ?? _range;
        return LoadAsync();
    }

    private Task ChooseGroupsAsync(ChangeEventArgs change)
    {
        _groupBy = (string?)change.Value == ByKey ? ByKey : ByModel;
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        var (range, groupBy) = (_range, _groupBy);
        var day = Clock.Today;
        var today = Usage.TotalAsync(Clock.Midnight(day), null, _leaving.Token);
        var month = Usage.TotalAsync(Clock.Midnight(day.AddDays(1 - day.Day)), null, _leaving.Token);
        var totals = Usage.TotalAsync(range.Start(Clock), groupBy, _leaving.Token);
        var buckets = Usage.ByTimeAsync(range.Stretches(Clock), groupBy, _leaving.Token);
        var names = await NamesAsync(groupBy);
        if (!(await today).TryGet(out var ofToday, out _fault)
            || !(await month).TryGet(out var ofMonth, out _fault)
            || !(await totals).TryGet(out var results, out _fault)
            || !(await buckets).TryGet(out var page, out _fault))
        {
            return;
        }

        // Of two loads under way, the one counts that shows what is chosen now.
        if ((range, groupBy) == (_range, _groupBy))
        {
            (_today, _month, _currency) = (UsageTotal.Of(ofToday), UsageTotal.Of(ofMonth), page.Currency);
            Show(page.Data, [.. results.Select(result => Group(result, names))]);
        }
    }

    private void Show(IReadOnlyList<UsageBucket> buckets, List<UsageGroup> groups)
    {
        _groups = groups;
        _cost = UsageChart.Of(buckets, groups, result => (double)result.Cost);
        _tokens = UsageChart.Of(buckets, groups, result => result.InputTokens + result.OutputTokens);
        _requests = UsageChart.Of(buckets, groups, result => result.NumModelRequests);
    }

    // What keys are called is for those who may see the page of keys; others see their ids.
    private async Task<Dictionary<string, string>> NamesAsync(string groupBy) =>
        groupBy == ByKey
            && await Person.RefusalAsync(Roles.Admin) is null
            && (await Keys.ListAsync(_leaving.Token)).TryGet(out var list, out _)
            ? list.Data.ToDictionary(key => key.Id, key => $"{key.Name} ({key.Hint})")
            : [];

    private static UsageGroup Group(UsageResult result, Dictionary<string, string> names)
    {
        var id = UsageChart.Id(result);
        return new(id, names.GetValueOrDefault(id, id.Length == 0 ? "No key" : id), result);
    }

    private string Amount(UsageTotal? total) =>
        total is null ? "…"
        : total.Requests > 0 && total.Unpriced == total.Requests ? "unknown"
        : Money.Text(total.Cost, _currency);

    private void Refresh() => InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });
}
