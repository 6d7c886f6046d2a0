using AiStack.Contracts;
using AiStack.Ingest;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Files;
using AiStack.Retrieval;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>Ingest and Retrieval, whole, on one database, with places that tests write.</summary>
public sealed class SourceFixture : IAsyncLifetime
{
    public const int MaxFileBytes = 100_000;

    private readonly PostgresFixture _postgres = new();
    private ServiceFactory<IngestTelemetry>? _ingest;
    private ServiceFactory<RetrievalTelemetry>? _retrieval;

    /// <summary>The one folder that sources may read, and all in it.</summary>
    internal DirectoryInfo Folders { get; } = Directory.CreateTempSubdirectory("aistack-sources-");

    internal PlaceKind Places { get; } = new();

    /// <summary>Settings of Ingest, where a test has its own.</summary>
    internal (string Key, string Value)[] Settings { get; init; } = [];

    /// <summary>One of a test's own.</summary>
    internal static async Task<SourceFixture> StartAsync(params (string Key, string Value)[] settings)
    {
        var fixture = new SourceFixture { Settings = settings };
        await fixture.InitializeAsync();
        return fixture;
    }

    /// <summary>The database, as Ingest's own role sees it.</summary>
    internal NpgsqlDataSource Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        Database = NpgsqlDataSource.Create(_postgres.ConnectionStringOf(typeof(IngestTelemetry).Assembly));
        _retrieval = new(_postgres, ("Retrieval:Embedder:Kind", "builtin"), ("Work:Poll", "00:00:00.1"));
        _ = _retrieval.Services; // Its workers start with it.
    }

    internal ClearSuperseded Superseded => Ingest.Services.GetRequiredService<ClearSuperseded>();

    internal IBlobStore Blobs => Ingest.Services.GetRequiredService<IBlobStore>();

    /// <summary>A project of its own, with one place as a source of one store.</summary>
    internal async Task<SourceCaller> NewCallerAsync()
    {
        var project = PostgresFixture.NewProject();
        var place = new Place();
        Places.Add(place);
        var caller = new SourceCaller(
            project, place, Ingest.CreateClient(project), _retrieval!.CreateClient(project),
            TestContext.Current.CancellationToken);
        await caller.BeginAsync();
        return caller;
    }

    /// <summary>A client of the stores that asks for somebody.</summary>
    internal HttpClient ClientFor(Id<Project> project, params string[] principals) => _retrieval!.CreateClient(
        new Caller(Id<Organisation>.New(), project, Id<ApiKey>.New(), new HashSet<string> { Scopes.Admin })
        {
            Principals = principals.ToHashSet(),
        });

    /// <summary>The same of files.</summary>
    internal HttpClient IngestFor(Id<Project> project, params string[] principals) => Ingest.CreateClient(
        new Caller(Id<Organisation>.New(), project, Id<ApiKey>.New(), new HashSet<string> { Scopes.Admin })
        {
            Principals = principals.ToHashSet(),
        });

    internal async Task StopRetrievalAsync()
    {
        await _retrieval!.DisposeAsync();
        _retrieval = null;
    }

    private ServiceFactory<IngestTelemetry> Ingest => _ingest ??= StartIngest(Settings);

    private ServiceFactory<IngestTelemetry> StartIngest((string Key, string Value)[] settings) => new(
        _postgres,
        [
            ("Work:Poll", "00:00:00.1"), ("Ingest:Ocr:Engine", "off"),
            ("Ingest:Upload:MaxSizeBytes", $"{MaxFileBytes}"), ("Ingest:Sources:Folders:0", Folders.FullName),
            ("Ingest:Sources:CheckEvery", "00:00:00.1"), ("Ingest:Sources:ChangesRest", "00:00:00.1"), .. settings,
        ])
    {
        Added = services => services.AddSingleton<IConnectorKind>(Places),
    };

    public async ValueTask DisposeAsync()
    {
        await (_ingest?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_retrieval?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Database?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _postgres.DisposeAsync();
        Folders.Delete(recursive: true);
    }
}
