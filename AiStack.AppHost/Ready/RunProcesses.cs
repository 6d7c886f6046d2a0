using System.Globalization;
using AiStack.AppHost.Stores.Postgres;
using AiStack.AppHost.Supervision;

namespace AiStack.AppHost.Ready;

/// <summary>
/// The processes that run now, by name. One that ended is removed: its id may soon be reused.
/// </summary>
internal sealed class RunProcesses
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>True when the change begins or ends a process.</summary>
    public bool Keep(ResourceEvent change)
    {
        if (!change.Resource.RunsOn())
        {
            return false;
        }

        var name = NameOf(change);
        if (change.Snapshot.HasEnded())
        {
            return _ids.Remove(name);
        }

        if (ProcessOf(change) is not { } id || (_ids.TryGetValue(name, out var known) && known == id))
        {
            return false;
        }

        _ids[name] = id;
        return true;
    }

    // What DCP starts for PostgreSQL is a shell around it.
    private static int? ProcessOf(ResourceEvent change) =>
        change.Resource is EmbeddedPostgresResource { Folder: var folder }
            ? folder.ServerProcess
            : int.TryParse(change.Snapshot.ProcessId(), CultureInfo.InvariantCulture, out var id) ? id : null;

    // Several replicas have one name; each has an id.
    private static string NameOf(ResourceEvent change) =>
        change.Resource.GetReplicaCount() > 1 ? change.ResourceId : change.Resource.Name;
}
