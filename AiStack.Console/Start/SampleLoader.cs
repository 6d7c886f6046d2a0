using System.Text.Json;
using AiStack.Console.Files;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Start;

/// <summary>Loads the sample documents through the API, once at a time for all who watch.</summary>
internal sealed class SampleLoader(
    IServiceScopeFactory scopes, IOptions<ConsoleOptions> options, IHostApplicationLifetime lifetime)
{
    public const string StoreName = "samples";
    private const int MaxStores = 100;
    private readonly Lock _gate = new();
    private Task _loading = Task.CompletedTask;

    /// <summary>Raised when there is progress to show.</summary>
    public event Action? Changed;

    public bool IsLoading { get; private set; }

    public int Loaded { get; private set; }

    public int Total { get; private set; }

    /// <summary>Why the last load did not finish.</summary>
    public Fault? Fault { get; private set; }

    private string Manifest => Path.Combine(options.Value.SamplesDirectory, "manifest.json");

    /// <summary>True when there are samples to load.</summary>
    public bool HasSamples => File.Exists(Manifest);

    /// <summary>Starts to load; while it is loading already, that goes on.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_loading.IsCompleted)
            {
                (IsLoading, Loaded, Total, Fault) = (true, 0, 0, null);
                _loading = Task.Run(() => RunAsync(lifetime.ApplicationStopping));
            }
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ActingRole>().Be(Roles.Operator); // The button needs this role.
            Fault = await LoadAsync(
                scope.ServiceProvider.GetRequiredService<FilesApi>(),
                scope.ServiceProvider.GetRequiredService<StoresApi>(),
                cancellationToken);
        }
        finally
        {
            IsLoading = false;
            Changed?.Invoke();
        }
    }

    private async Task<Fault?> LoadAsync(FilesApi files, StoresApi stores, CancellationToken cancellationToken)
    {
        var outcome = await FindOrCreateAsync(stores, cancellationToken);
        if (!outcome.TryGet(out var store, out var fault))
        {
            return fault;
        }

        var samples = await ReadManifestAsync(cancellationToken);
        (Total, Loaded) = (samples.Count, 0);
        foreach (var sample in samples)
        {
            Changed?.Invoke();
            await using var content = File.OpenRead(Path.Combine(options.Value.SamplesDirectory, sample.Path));
            var uploaded = await files.UploadAsync(Path.GetFileName(sample.Path), content, cancellationToken);
            if (!uploaded.TryGet(out var file, out fault)
                || !(await stores.AttachAsync(store.Id, file.Id, null, cancellationToken)).TryGet(out _, out fault))
            {
                return fault;
            }

            Loaded++;
        }

        return null;
    }

    // A load that broke off left a store without some of the samples: it is filled again under the same name.
    private static async Task<Outcome<StoreView>> FindOrCreateAsync(
        StoresApi stores, CancellationToken cancellationToken)
    {
        var outcome = await stores.ListAsync(null, MaxStores, cancellationToken);
        return !outcome.TryGet(out var page, out var fault) ? fault
            : page.Data.FirstOrDefault(store => store.Name == StoreName) is { } found ? found
            : await stores.CreateAsync(StoreName, cancellationToken);
    }

    private async Task<List<Sample>> ReadManifestAsync(CancellationToken cancellationToken)
    {
        await using var manifest = File.OpenRead(Manifest);
        return (await JsonSerializer.DeserializeAsync<List<Sample>>(
            manifest, JsonDefaults.Options, cancellationToken))!;
    }

    private sealed record Sample(string Path, string Title);
}
