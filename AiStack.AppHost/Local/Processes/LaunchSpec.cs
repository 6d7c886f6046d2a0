namespace AiStack.AppHost.Local.Processes;

/// <summary>How to start one child process, and how to ask it to stop.</summary>
internal sealed record LaunchSpec(string Program, IReadOnlyList<string> Arguments)
{
    public required string WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public UnixSignal StopSignal { get; init; } = UnixSignal.Terminate;

    /// <summary>The user to run as, when the host is root and the program must not be.</summary>
    public string? User { get; init; }
}
