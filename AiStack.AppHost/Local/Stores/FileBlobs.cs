using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Stores;

/// <summary>The storage account of a cloud; here only a name.</summary>
internal sealed class AzureStorageResource(string name) : Resource(name);

/// <summary>The container that would stand for the cloud's storage; the built-in host has none.</summary>
internal sealed class AzureStorageEmulatorResource(string name) : Resource(name);

/// <summary>Blob storage: a folder, which services get as <c>file:///path</c>.</summary>
internal sealed class AzureBlobStorageResource(string name) : Resource(name), IResourceWithConnectionString
{
    public override string Kind => "blobs";

    public string ConnectionString(RunContext run) =>
        run.GivenConnectionString(Name) ?? new Uri(run.Folder.File(Name)).AbsoluteUri;

    public override Unit CreateUnit(RunContext run) => run.GivenConnectionString(Name) is null
        ? new FileBlobs(Name, run.Folder.File(Name), run)
        : new ElsewhereUnit(Name);

    public override IReadOnlyList<EndpointView> Endpoints(RunContext run) =>
        run.GivenConnectionString(Name) is null ? [new EndpointView("folder", run.Folder.File(Name))] : [];
}

/// <summary>
/// The folder as something that can be stopped: it is moved away, with a file in its place, so that every read and
/// write fails as on a disk that is gone, and no service can make the folder anew. A start puts it back.
/// </summary>
internal sealed class FileBlobs(string name, string path, RunContext run) : Unit(name)
{
    private readonly string _away = path + ".stopped";
    private volatile UnitState _state = UnitState.Waiting;

    public override UnitState State => _state;

    public override IReadOnlyList<FailingCheck>? Failing =>
        _state != UnitState.Running ? null
        : Directory.Exists(path) ? []
        : [new FailingCheck("folder", $"{path} is gone")];

    public override IReadOnlyList<string> Commands { get; } = ["start", "stop", "restart"];

    public override Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_away))
        {
            File.Delete(path);
            Directory.Move(_away, path);
        }

        PrivateFolder.Make(path);
        _state = UnitState.Running;
        run.ResourceChanged();
        return Task.FromResult(true);
    }

    public override Task StopAsync()
    {
        if (_state == UnitState.Running)
        {
            Directory.Move(path, _away);
            File.WriteAllText(path, "");
            _state = UnitState.Stopped;
            run.ResourceChanged();
        }

        return Task.CompletedTask;
    }

    public override Task ShutDownAsync() => Task.CompletedTask;

    public override void Kill() => _ = StopAsync();
}
