using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Ask;

/// <summary>The page on which people ask their documents, one model or two side by side.</summary>
public sealed partial class AskPage : IDisposable
{
    private const int MaxStores = 100;
    private static readonly string[] _letters = ["A", "B"];

    private readonly Leaving _leaving = new();
    private IReadOnlyList<StoreView> _stores = [];
    private IReadOnlyList<ModelView> _models = [new(AskSettings.DefaultModel)];
    private AskSettings[] _shown = [new()];
    private Citation? _source;
    private Fault? _fault;
    private bool _isLoaded;
    private Task _loading = Task.CompletedTask;

    /// <summary>The store to ask; without it, the one that the person last worked with.</summary>
    [SupplyParameterFromQuery(Name = "store")]
    public string? AskedStore { get; set; }

    [Inject]
    internal Conversation Conversation { get; set; } = null!;

    [Inject]
    internal AskApi Api { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal ChosenStore ChosenStore { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal NavigationManager Address { get; set; } = null!;

    private bool IsComparing => Conversation.Columns.Count > 1;

    public void Dispose()
    {
        Conversation.Changed -= Refresh;
        _leaving.Dispose();
    }

    protected override void OnInitialized() => Show();

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
        await Conversation.RecallAsync();
        var models = await Api.ListModelsAsync(_leaving.Token);
        var stores = await Stores.ListAsync(null, MaxStores, _leaving.Token);
        if (!models.TryGet(out var modelPage, out _fault) || !stores.TryGet(out var storePage, out _fault))
        {
            return;
        }

        (_stores, _isLoaded) = (storePage.Data, true);
        _models = modelPage.Data is { Count: > 0 } ? modelPage.Data : _models;
        if ((AskedStore ?? ChosenStore.Id) is { } chosen && Conversation.Columns[0].StoreId != chosen)
        {
            await Conversation.ChooseAsync(
                [Conversation.Columns[0] with { StoreId = chosen }, .. Conversation.Columns.Skip(1)]);
        }

        Show();
        if (AskedStore is not null)
        {
            // The address was used: after a reload, later choices count.
            ChosenStore.Id = AskedStore;
            Address.NavigateTo("ask", replace: true);
        }
    }

    // The chosen one may be gone by now: then the nearest existing one is shown, and asked.
    private void Show() => _shown = [.. Conversation.Columns.Select(settings => settings with
    {
        Model = _models.Any(model => model.Id == settings.Model) ? settings.Model : _models[0].Id,
        StoreId = settings.StoreId is "" || Store(settings) is not null
            ? settings.StoreId
            : _stores.FirstOrDefault(store => store.FileCounts.Completed > 0)?.Id ?? "",
    })];

    private StoreView? Store(AskSettings settings) => _stores.FirstOrDefault(store => store.Id == settings.StoreId);

    private Task ChangeAsync(int column, AskSettings settings)
    {
        if (column == 0)
        {
            ChosenStore.Id = settings.StoreId;
        }

        return Conversation.ChooseAsync([.. _shown.Select((old, i) => i == column ? settings : old)]);
    }

    private Task SwitchComparingAsync() => Conversation.ChooseAsync(IsComparing ? [_shown[0]] : [_shown[0], _shown[0]]);

    /// <summary>Asks, and returns when the answers have ended; false when the question cannot be asked now.</summary>
    private async Task<bool> AskAsync(string question)
    {
        if (Conversation.IsUnderWay || string.IsNullOrWhiteSpace(question))
        {
            return false;
        }

        // A question that comes before the stores are loaded is meant for the store that will be shown.
        await _loading;
        if (!_isLoaded)
        {
            return false;
        }

        if ((_fault = await Person.RefusalAsync(Roles.Viewer)) is not null)
        {
            return false;
        }

        _source = null;
        await Conversation.AskAsync(new Turn(
            question.Trim(), [.. _shown.Select(settings => new TurnAnswer(settings, Store(settings)?.Title))]));
        return true;
    }

    private void OpenSource(Citation citation) => _source = citation;

    private void CloseSource() => _source = null;

    private void Refresh() => InvokeAsync(() =>
    {
        Show();
        StateHasChanged();
    });
}
