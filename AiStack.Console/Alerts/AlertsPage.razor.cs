using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Alerts;

/// <summary>The history of alerts. What is shown of it is in the address.</summary>
public sealed partial class AlertsPage : IDisposable
{
    private const string All = "all";
    private const string Open = "open";
    private const string Resolved = "resolved";
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(10);

    private readonly Leaving _leaving = new();
    private string _shown = All;
    private Page<AlertView>? _page;
    private Fault? _fault;
    private bool _isWatching;

    /// <summary>Which alerts: <c>open</c>, <c>resolved</c>, or all.</summary>
    [SupplyParameterFromQuery(Name = "status")]
    public string? Status { get; set; }

    /// <summary>The last alert of the page before.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [Inject]
    internal AlertsApi Alerts { get; set; } = null!;

    private IEnumerable<ChoiceLink> Choices =>
    [
        new("All", Address(All), _shown == All),
        new("Open", Address(Open), _shown == Open),
        new("Over", Address(Resolved), _shown == Resolved),
    ];

    public void Dispose() => _leaving.Dispose();

    protected override async Task OnParametersSetAsync()
    {
        _shown = Status is Open or Resolved ? Status : All;
        if (_isWatching)
        {
            await LoadAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        _isWatching = true;
        using var timer = new PeriodicTimer(_pause);
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

    private static string Address(string status, string? after = null) =>
        $"alerts?status={status}{(after is null ? null : $"&after={Uri.EscapeDataString(after)}")}";

    private async Task LoadAsync()
    {
        var (shown, after) = (_shown, After);
        var outcome = await Alerts.ListAsync(shown, after, _leaving.Token);

        // Of two loads at once, only the one for the present choice counts.
        if ((shown, after) == (_shown, After))
        {
            _page = outcome.TryGet(out var page, out _fault) ? page : _page;
        }
    }
}
