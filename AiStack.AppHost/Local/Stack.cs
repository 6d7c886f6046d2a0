using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local;

/// <summary>All running parts, started in the order of what they wait for and stopped in the opposite order.</summary>
internal sealed class Stack : IDisposable
{
    /// <summary>The file that names the running children, for the host after a crash.</summary>
    public const string ChildrenFile = "children.json";

    private readonly RunContext _run;
    private readonly IReadOnlyList<Resource> _resources;
    private readonly Dictionary<string, Unit> _units;
    private readonly Dictionary<string, Lazy<Task<bool>>> _starts;
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _recording = new();
    private CancellationToken _stopping;
    private Action? _tell;

    public Stack(RunContext run, IReadOnlyList<Resource> resources)
    {
        (_run, _resources) = (run, resources);
        _units = resources
            .Select(resource => resource.CreateUnit(run))
            .OfType<Unit>()
            .ToDictionary(unit => unit.Name, StringComparer.Ordinal);
        _starts = resources.ToDictionary(
            resource => resource.Name,
            resource => new Lazy<Task<bool>>(() => StartAsync(resource)),
            StringComparer.Ordinal);
        run.WhenProcessesChange(Record);
    }

    /// <summary>Completes, with the reason, when the stack can never become ready.</summary>
    public Task<string> Broken => _broken.Task;

    public IReadOnlyDictionary<string, Unit> Units => _units;

    /// <summary>What has failed and stays down.</summary>
    public IEnumerable<string> Down =>
        _units.Values.Where(unit => unit.State == UnitState.Failed).Select(unit => unit.Name);

    /// <summary>The children that run now: name to process id.</summary>
    public IReadOnlyDictionary<string, int> Processes => _units.Values
        .Where(unit => unit.ProcessId is not null)
        .ToDictionary(unit => unit.Name, unit => unit.ProcessId ?? 0, StringComparer.Ordinal);

    /// <summary>Starts everything; says whether all that the stack needs is ready.</summary>
    public async Task<bool> StartAsync(CancellationToken stopping)
    {
        _stopping = stopping;
        var starts = _resources.Select(resource => (resource, Ready: _starts[resource.Name].Value)).ToList();
        var needed = starts.Where(start => IsNeeded(start.resource)).Select(start => start.Ready);
        return (await Task.WhenAll(needed)).All(ready => ready);
    }

    /// <summary>
    /// Has <paramref name="tell"/> told of <see cref="Processes"/>, now and whenever a child has started or ended, one
    /// time after the other; with null nobody is told any more.
    /// </summary>
    public void TellOfProcesses(Action? tell)
    {
        lock (_recording)
        {
            _tell = tell;
            Record();
        }
    }

    /// <summary>Stops everything, each part only when nothing that runs waits for it.</summary>
    public async Task StopAsync()
    {
        Dictionary<string, Lazy<Task>> stops = [];
        foreach (var resource in _resources)
        {
            stops[resource.RunsIn.Name] = new Lazy<Task>(async () =>
            {
                var users = _resources.Where(user => user.ComesAfter.Any(needed => needed.RunsIn == resource.RunsIn));
                await Task.WhenAll(users.Select(user => stops[user.RunsIn.Name].Value));
                await (_units.GetValueOrDefault(resource.RunsIn.Name)?.ShutDownAsync() ?? Task.CompletedTask);
            });
        }

        await Task.WhenAll(stops.Values.Select(stop => stop.Value));
    }

    public void Dispose()
    {
        foreach (var unit in _units.Values.OfType<IDisposable>())
        {
            unit.Dispose();
        }
    }

    // A job that nobody waits for is useful, but the stack is ready without it.
    private bool IsNeeded(Resource resource) =>
        resource is not ProjectResource { IsJob: true }
        || _resources.Any(other => other.WaitsFor.Contains(resource));

    private async Task<bool> StartAsync(Resource resource)
    {
        if (resource.RunsIn != resource)
        {
            return await _starts[resource.RunsIn.Name].Value;
        }

        var waits = await Task.WhenAll(resource.WaitsFor.Select(needed => _starts[needed.Name].Value));
        var started = await Task.WhenAll(resource.StartsAfter.Select(IsStartedAsync));
        if (waits.Contains(false) || started.Contains(false))
        {
            return false;
        }

        if (!_units.TryGetValue(resource.Name, out var unit))
        {
            return true;
        }

        var isReady = await unit.StartAsync(_stopping);

        // A service that stays down leaves the others usable; a store or a migration that fails does not.
        var isService = resource is ProjectResource { IsJob: false };
        if (unit.State == UnitState.Failed && !isService && IsNeeded(resource))
        {
            _broken.TrySetResult(resource.Name);
        }

        return isReady;
    }

    // One that cannot start, because something it needs failed, ends without having been started.
    private async Task<bool> IsStartedAsync(Resource resource)
    {
        var start = _starts[resource.Name].Value;
        return _units.TryGetValue(resource.Name, out var unit)
            ? await Task.WhenAny(unit.Started, start) == unit.Started || unit.Started.IsCompleted
            : await start;
    }

    private void Record()
    {
        lock (_recording)
        {
            try
            {
                Leftovers.Record(_run.Folder.File(ChildrenFile), Processes);
                _tell?.Invoke();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk must not end the supervision of what runs.
                _run.Terminal.Warn($"The list of processes could not be written: {exception.Message}");
            }
        }
    }
}
