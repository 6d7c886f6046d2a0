using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Budgets;

/// <summary>
/// The page on which administrators see, make and change budgets. What is spent changes while it is open.
/// </summary>
public sealed partial class BudgetsPage : IDisposable
{
    private static readonly TimeSpan _refreshEvery = TimeSpan.FromSeconds(5);

    private readonly Leaving _leaving = new();
    private readonly NewestFirst<BudgetView> _budgets = new(budget => budget.Id);
    private Fault? _fault;
    private string? _failed;

    [Inject]
    internal BudgetsApi Budgets { get; set; } = null!;

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

        using var timer = new PeriodicTimer(_refreshEvery, Time);
        try
        {
            do
            {
                await RefreshAsync();
                StateHasChanged();
            }
            while (await timer.WaitForNextTickAsync(_leaving.Token));
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
            _budgets.Renew(page);
        }
    }

    private async Task LoadOlderAsync()
    {
        if (await ReadAsync(_budgets.Last) is { } page)
        {
            _budgets.Append(page);
        }
    }

    private async Task<Page<BudgetView>?> ReadAsync(string? after)
    {
        var outcome = await Budgets.ListAsync(after, _leaving.Token);
        _failed = "The budgets cannot be shown";
        return outcome.TryGet(out var page, out _fault) ? page : null;
    }

    private async Task DeleteAsync(BudgetView budget)
    {
        _failed = "The budget was not deleted";
        if (await Person.RefusalAsync(Roles.Admin) is { } refusal)
        {
            _fault = refusal;
            return;
        }

        var answer = await Dialogs.ShowConfirmationAsync(
            $"“{budget.Name}” limits {budget.For} no more. What was spent stays on record.",
            "Delete the budget?", "Delete", "Keep");
        if (answer.Cancelled)
        {
            return;
        }

        _fault = await Budgets.DeleteAsync(budget.Id, _leaving.Token);
        if (_fault is null)
        {
            _budgets.Remove(budget.Id);
        }
    }
}
