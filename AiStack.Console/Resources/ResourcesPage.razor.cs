using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Resources;

/// <summary>The page on which people see the parts of the stack, and stop and start them.</summary>
public sealed partial class ResourcesPage : IDisposable
{
    private readonly Leaving _leaving = new();
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private string? _chosen;
    private Fault? _fault;

    /// <summary>The resource whose details are open.</summary>
    [SupplyParameterFromQuery(Name = "name")]
    public string? Asked { get; set; }

    [Inject]
    internal ResourceFeed Feed { get; set; } = null!;

    [Inject]
    internal HostClient Host { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    private Resource? Chosen => Feed.Resources?.FirstOrDefault(resource => resource.Name == _chosen);

    public void Dispose()
    {
        Feed.Changed -= Refresh;
        _leaving.Dispose();
    }

    protected override void OnInitialized()
    {
        _chosen = Asked;
        Feed.Changed += Refresh;
    }

    private void Refresh() => InvokeAsync(StateHasChanged);

    private void Choose(Resource resource) => _chosen = _chosen == resource.Name ? null : resource.Name;

    private void Close() => _chosen = null;

    private async Task CommandAsync(ResourceCommand asked)
    {
        _fault = await Person.RefusalAsync(Roles.Operator);
        if (_fault is not null || !await IsMeantAsync(asked) || !_pending.Add(asked.Resource.Name))
        {
            return;
        }

        try
        {
            _fault = await Host.TellAsync(asked.Resource.Name, asked.Command, _leaving.Token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The person has left the page; the host does what it was told.
        }
        finally
        {
            _pending.Remove(asked.Resource.Name);
        }
    }

    // To start something breaks nothing, so only the other commands are asked about.
    private async Task<bool> IsMeantAsync(ResourceCommand asked)
    {
        if (asked.Command == ResourceCommand.Start)
        {
            return true;
        }

        var verb = asked.Command == ResourceCommand.Stop ? "Stop" : "Restart";
        var answer = await Dialogs.ShowConfirmationAsync(
            asked.Consequence(new Dependencies(Feed.Resources ?? [])),
            $"{verb} {asked.Resource.Name}?",
            verb,
            "Leave it");
        return !answer.Cancelled;
    }
}
