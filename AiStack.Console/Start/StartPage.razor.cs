using System.Globalization;
using AiStack.Console.Files;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Start;

/// <summary>The first page: whether all is well, what is there, and what to do next.</summary>
public sealed partial class StartPage : IDisposable
{
    private const int MaxCounted = 1_000;
    private const int MaxStores = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _leaving = new();
    private LayerState[] _layers = [];
    private IReadOnlyList<StoreView>? _stores;
    private int _files;
    private bool _isMore;
    private Fault? _fault;

    [Inject]
    internal StackProbe Probe { get; set; } = null!;

    [Inject]
    internal FilesApi FilesApi { get; set; } = null!;

    [Inject]
    internal StoresApi StoresApi { get; set; } = null!;

    private StoreView? Samples => _stores?.FirstOrDefault(store => store.Name == SampleLoader.StoreName);

    private bool HasDocuments => _files > 0;

    private string Files => _files.ToString("N0", CultureInfo.InvariantCulture) + (_isMore ? "+" : "");

    private string Greeting => _layers.Length == 0 || _layers.All(layer => layer.IsReachable)
        ? "Your AI stack"
        : "Part of the stack is not answering";

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

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

    private async Task LoadAsync()
    {
        _layers = await Probe.AskAllAsync(_leaving.Token);
        var files = await FilesApi.ListAsync(null, MaxCounted, _leaving.Token);
        var stores = await StoresApi.ListAsync(null, MaxStores, _leaving.Token);
        if (files.TryGet(out var filePage, out _fault) && stores.TryGet(out var storePage, out _fault))
        {
            (_files, _isMore, _stores) = (filePage.Data.Count, filePage.HasMore, storePage.Data);
        }
    }
}
