using System.Text.Json.Nodes;
using AiStack.Console.Attributes;
using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Stores;

/// <summary>The page on which people try what a search in a store finds, and see why.</summary>
public sealed partial class StoreSearchPage(TimeProvider time) : IDisposable
{
    private const int MaxQueryLength = 4_000;
    private const int MaxResults = 50;
    private const string Auto = "auto";

    private readonly Leaving _leaving = new();
    private StoreView? _store;
    private string _query = "";
    private int _count = 10;
    private double? _threshold;
    private string _ranker = Auto;
    private string _counted = Auto;
    private IReadOnlyList<AttributeCondition> _conditions = [];
    private bool _matchesAny;
    private IReadOnlyList<FoundPassage>? _found;
    private TimeSpan _took;
    private bool _isBusy;
    private Fault? _fault;

    [Parameter]
    public required string StoreId { get; set; }

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal SearchApi Search { get; set; } = null!;

    public void Dispose() => _leaving.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _ = (await Stores.GetAsync(StoreId, _leaving.Token)).TryGet(out _store, out _fault);
            StateHasChanged();
        }
    }

    private async Task SearchAsync()
    {
        if (string.IsNullOrWhiteSpace(_query) || _isBusy)
        {
            return;
        }

        _isBusy = true;
        var started = time.GetTimestamp();
        var outcome = await Search.SearchAsync(StoreId, Request(), _leaving.Token);
        (_isBusy, _took, _counted) = (false, time.GetElapsedTime(started), _ranker);
        _found = outcome.TryGet(out var page, out _fault) ? page.Data : null;
    }

    private JsonObject Request()
    {
        var ranking = new JsonObject { ["ranker"] = _ranker };
        if (_threshold is { } least)
        {
            ranking["score_threshold"] = Math.Clamp(least, 0, 1);
        }

        var request = new JsonObject
        {
            ["query"] = _query.Trim(),
            ["max_num_results"] = Math.Clamp(_count, 1, MaxResults),
            ["ranking_options"] = ranking,
            ["include"] = new JsonArray("best_sentence"),
        };
        if (AttributeFilter.ToJson(_conditions, _matchesAny) is { } filters)
        {
            request["filters"] = filters;
        }

        return request;
    }
}
