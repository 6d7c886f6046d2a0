using System.Collections.Concurrent;

namespace AiStack.AppHost.Supervision;

/// <summary>
/// Which processes were told to end, by whoever gave the command: the dashboard, the CLI, a test. A resource's states
/// do not tell a stop from a crash, since events come together under load; so the commands are listened to.
/// </summary>
internal sealed class ToldStops(ResourceNotificationService notifications)
{
    private readonly ConcurrentDictionary<string, string?> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IResource, bool> _listening = new();

    /// <summary>Listens to the resource's commands to stop and to restart, which are added before its start.</summary>
    public void Listen(IResource resource)
    {
        if (!resource.RunsOn() || !_listening.TryAdd(resource, true))
        {
            return;
        }

        string[] ending = [KnownResourceCommands.StopCommand, KnownResourceCommands.RestartCommand];
        var stops = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .Where(command => ending.Contains(command.Name))
            .ToList();
        foreach (var stop in stops)
        {
            resource.Annotations.Remove(stop);
            resource.Annotations.Add(new ResourceCommandAnnotation(
                stop.Name, stop.DisplayName, stop.UpdateState, Listening(stop.ExecuteCommand), stop.DisplayDescription,
                stop.Arguments, stop.ConfirmationMessage, stop.IconName, stop.IconVariant, stop.IsHighlighted,
                stop.Visibility, stop.ValidateArguments));
        }
    }

    /// <summary>Whether this process of the resource was told to end.</summary>
    public bool Contains(string resourceId, string? processId) =>
        _told.TryGetValue(resourceId, out var told) && told == processId;

    private Func<ExecuteCommandContext, Task<ExecuteCommandResult>> Listening(
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) => context =>
    {
        if (notifications.TryGetCurrentState(context.ResourceName, out var current))
        {
            _told[context.ResourceName] = current.Snapshot.ProcessId();
        }

        return execute(context);
    };
}
