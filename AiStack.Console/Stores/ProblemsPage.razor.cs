using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Stores;

/// <summary>The files of a store that failed or have warnings: found, sorted, read again, taken away as CSV.</summary>
public sealed partial class ProblemsPage : IDisposable
{
    private const string Failed = "failed";
    private const string Warned = "warned";

    private readonly Leaving _leaving = new();
    private StoreView? _store;
    private IReadOnlyList<Problem>? _problems;
    private string _part = "";
    private string _order = "newest";
    private string? _said;
    private bool _isBusy;
    private string _faultTitle = "";
    private Fault? _fault;

    [Parameter]
    public required string StoreId { get; set; }

    /// <summary><c>failed</c>, <c>warned</c>, or both.</summary>
    [SupplyParameterFromQuery(Name = "show")]
    public string? Show { get; set; }

    [Inject]
    internal ProblemsApi Problems { get; set; } = null!;

    [Inject]
    internal StoresApi Stores { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    private IEnumerable<ChoiceLink> Choices =>
    [
        new($"All ({_problems?.Count})", $"stores/{StoreId}/problems", Show is not (Failed or Warned)),
        new(
            $"Failed ({_problems?.Count(file => file.HasFailed)})", $"stores/{StoreId}/problems?show={Failed}",
            Show == Failed),
        new(
            $"With warnings ({_problems?.Count(file => !file.HasFailed)})", $"stores/{StoreId}/problems?show={Warned}",
            Show == Warned),
    ];

    private List<Problem> Shown
    {
        get
        {
            var shown = (_problems ?? []).Where(file => Show switch
            {
                Failed => file.HasFailed,
                Warned => !file.HasFailed,
                _ => true,
            }).Where(file => file.Name.Contains(_part, StringComparison.OrdinalIgnoreCase)
                || file.Reason.Contains(_part, StringComparison.OrdinalIgnoreCase));
            return
            [
                .. _order switch
                {
                    "name" => shown.OrderBy(file => file.Name, StringComparer.OrdinalIgnoreCase),
                    "reason" => shown.OrderBy(file => file.Reason, StringComparer.OrdinalIgnoreCase)
                        .ThenBy(file => file.Name, StringComparer.OrdinalIgnoreCase),
                    _ => shown.OrderByDescending(file => file.Added),
                },
            ];
        }
    }

    public void Dispose() => _leaving.Dispose();

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
        _faultTitle = "The files cannot be shown";
        if ((await Stores.GetAsync(StoreId, _leaving.Token)).TryGet(out _store, out _fault)
            && (await Problems.ListAsync(StoreId, _leaving.Token)).TryGet(out var problems, out _fault))
        {
            _problems = problems;
        }
    }

    private async Task ReadAgainAsync(string files)
    {
        (_said, _faultTitle, _fault) = (
            null, "The files were not read again", await Person.RefusalAsync(Roles.Operator));
        if (_fault is not null)
        {
            return;
        }

        _isBusy = true;
        var outcome = await Stores.ReadAgainAsync(StoreId, files, _leaving.Token);
        _isBusy = false;
        if (outcome.TryGet(out var answer, out _fault))
        {
            _said = $"{Words.Count(answer.Count, "file")} will be read again. Look at “Files” to see how far that is.";
            await LoadAsync();
        }
    }
}
