using AiStack.Console.Files;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Ask;

/// <summary>The page on which people ask their documents.</summary>
public sealed partial class AskPage : IDisposable
{
    private const int MaxStores = 100;
    private const string DefaultModel = "default";

    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<StoreView> _stores = [];
    private IReadOnlyList<ModelView> _models = [new(DefaultModel)];
    private string _storeId = "";
    private string _model = DefaultModel;
    private Citation? _source;
    private Fault? _fault;
    private bool _isLoaded;
    private Task _loading = Task.CompletedTask;

    [Inject]
    internal Conversation Conversation { get; set; } = null!;

    [Inject]
    internal AskApi Api { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal ChosenStore ChosenStore { get; set; } = null!;

    private StoreView? Store => _stores.FirstOrDefault(store => store.Id == _storeId);

    public void Dispose()
    {
        Conversation.Model = _model;
        Conversation.Changed -= Refresh;
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            Conversation.Changed += Refresh;
            await (_loading = LoadAsync());
            StateHasChanged();
        }
    }

    private async Task LoadAsync()
    {
        var models = await Api.ListModelsAsync(_leaving.Token);
        var stores = await Stores.ListAsync(null, MaxStores, _leaving.Token);
        if (!models.TryGet(out var modelPage, out _fault) || !stores.TryGet(out var storePage, out _fault))
        {
            return;
        }

        (_stores, _isLoaded) = (storePage.Data, true);
        _models = modelPage.Data is { Count: > 0 } ? modelPage.Data : _models;
        var wanted = Conversation.Model ?? DefaultModel;
        _model = _models.Any(model => model.Id == wanted) ? wanted : _models[0].Id;
        _storeId = ChosenStore.Id is { } chosen && (chosen.Length == 0 || _stores.Any(store => store.Id == chosen))
            ? chosen
            : _stores.FirstOrDefault(store => store.FileCounts.Completed > 0)?.Id ?? "";
    }

    private void ChooseStore(string storeId) => ChosenStore.Id = _storeId = storeId;

    private async Task AskAsync(string question)
    {
        if (Conversation.IsUnderWay || string.IsNullOrWhiteSpace(question))
        {
            return;
        }

        // Whoever asks faster than the stores are there means to ask the store that will be shown.
        await _loading;
        if (!_isLoaded)
        {
            Conversation.Draft = question;
            return;
        }

        _source = null;
        await Conversation.AskAsync(new Turn(question.Trim(), _model, Store?.Id, Store?.Title));
    }

    private void OpenSource(Citation citation) => _source = citation;

    private void CloseSource() => _source = null;

    private void Refresh() => InvokeAsync(StateHasChanged);
}
