using AiStack.AppHost.Programs;
using AiStack.AppHost.Supervision;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.AppHost.Ready;

/// <summary>Whether the stack is ready, from the events of its resources.</summary>
internal sealed class Readiness(DistributedApplicationModel model)
{
    private readonly HashSet<string> _waiting =
        [.. model.Resources.Where(MustBeReady).Select(resource => resource.Name)];

    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);

    /// <summary>True when, after this change, everything that must be healthy is.</summary>
    public bool IsReadyWith(ResourceEvent change) =>
        IsSettled(change) && _waiting.Remove(change.Resource.Name) && _waiting.Count == 0;

    /// <summary>A store or a job that cannot be started or fails; a service that crashes is started again.</summary>
    public static bool HasBroken(ResourceEvent change) =>
        (StaysDown(change) && !IsService(change.Resource))
        || (change.Resource is ExecutableResource && !change.Resource.RunsOn() && change.Snapshot.HasEnded()
            && change.Snapshot.ExitCode is not (null or 0));

    private static bool MustBeReady(IResource resource) =>
        resource.TryGetAnnotationsOfType<HealthCheckAnnotation>(out _);

    // All of its replicas are healthy. Or it is a service that stays down, which its log says: the rest runs on.
    private bool IsSettled(ResourceEvent change)
    {
        var isHealthy = change.Snapshot.HealthStatus == HealthStatus.Healthy
            && change.Snapshot.State?.Text == KnownResourceStates.Running;
        if (!isHealthy && !(IsService(change.Resource) && StaysDown(change)))
        {
            return false;
        }

        var name = change.Resource.Name;
        _settled.Add(change.ResourceId);
        return _settled.Count(id => id == name || id.StartsWith($"{name}-", StringComparison.Ordinal))
            >= change.Resource.GetReplicaCount();
    }

    private static bool StaysDown(ResourceEvent change) =>
        change.Snapshot.State?.Text == KnownResourceStates.FailedToStart;

    private static bool IsService(IResource resource) => resource is DotnetProgramResource && resource.RunsOn();
}
