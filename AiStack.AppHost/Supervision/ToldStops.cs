using System.Collections.Concurrent;

namespace AiStack.AppHost.Supervision;

/// <summary>
/// Which processes were told to end, by a command from the dashboard, the CLI or a test. A resource's states
/// do not tell a stop from a crash, since events come together under load; so the commands are listened to.
/// </summary>
internal sealed class ToldStops(ResourceNotificationService notifications)
{
    /// <summary>A stop that was given before there was a process: it is meant for the one that comes.</summary>
    private const string Next = "";

    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<IResource, bool> _listening = new();

    /// <summary>Listens to the resource's commands, which are added before its start.</summary>
    public void Listen(IResource resource)
    {
        if (!resource.RunsOn() || !_listening.TryAdd(resource, true))
        {
            return;
        }

        string[] known =
        [
            KnownResourceCommands.StartCommand, KnownResourceCommands.StopCommand, KnownResourceCommands.RestartCommand,
        ];
        var commands = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .Where(command => known.Contains(command.Name))
            .ToList();
        foreach (var command in commands)
        {
            resource.Annotations.Remove(command);
            resource.Annotations.Add(new ResourceCommandAnnotation(
                command.Name, command.DisplayName, command.UpdateState, Listening(command), command.DisplayDescription,
                command.Arguments, command.ConfirmationMessage, command.IconName, command.IconVariant,
                command.IsHighlighted, command.Visibility, command.ValidateArguments));
        }
    }

    /// <summary>Whether this process of the resource was told to end.</summary>
    public bool Contains(string resourceId, string? processId) =>
        _told.TryGetValue(resourceId, out var told) && (told == Next || told == processId);

    private Func<ExecuteCommandContext, Task<ExecuteCommandResult>> Listening(ResourceCommandAnnotation command) =>
        context =>
        {
            if (command.Name == KnownResourceCommands.StartCommand)
            {
                _told.TryRemove(context.ResourceName, out _);
            }
            else if (ProcessOf(context.ResourceName) is { } process)
            {
                _told[context.ResourceName] = process;
            }
            else if (command.Name == KnownResourceCommands.StopCommand)
            {
                _told[context.ResourceName] = Next;
            }

            return command.ExecuteCommand(context);
        };

    private string? ProcessOf(string resourceId) =>
        notifications.TryGetCurrentState(resourceId, out var current) ? current.Snapshot.ProcessId() : null;
}
