using AiStack.Console.Frame;
using AiStack.Console.Start;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Overview;

/// <summary>The first page: whether all is well, what is there, and what to do next.</summary>
public sealed partial class OverviewPage : IDisposable
{
    private readonly Leaving _leaving = new();
    private StackFindings _findings = StackFindings.None;

    [Inject]
    internal StackWatch Watch { get; set; } = null!;

    private string Greeting => _findings.Layers.All(layer => layer.IsReachable)
        ? "Your AI stack"
        : "Part of the stack is not answering";

    public void Dispose() => _leaving.Dispose();

    protected override void OnInitialized() => _findings = Watch.Findings;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        await foreach (var findings in Watch.WatchAsync(_leaving.Token))
        {
            _findings = findings;
            StateHasChanged();
        }
    }
}
