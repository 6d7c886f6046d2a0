using System.Diagnostics;
using AiStack.AppHost.Local.Feed;
using AiStack.AppHost.Local.Processes;
using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Local;

/// <summary>The described system, ready to run on the built-in host.</summary>
internal sealed class DistributedApplication(
    string[] args, IConfiguration configuration, IReadOnlyList<Resource> resources)
{
    private const int RefusedExitCode = 2;

    public static DistributedApplicationBuilder CreateBuilder(string[] args) => new(args);

    /// <summary>Runs until told to stop. What a person can put right ends it with one line and exit code 2.</summary>
    public async Task RunAsync()
    {
        try
        {
            var arguments = HostArguments.Parse(args);
            if (arguments.ShowHelp)
            {
                Console.WriteLine(HostArguments.Usage);
                return;
            }

            Environment.ExitCode = await RunAsync(arguments);
        }
        catch (RefusalException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            Environment.ExitCode = RefusedExitCode;
        }
    }

    private async Task<int> RunAsync(HostArguments arguments)
    {
        var terminal = new Terminal(Console.Out, !Console.IsOutputRedirected && configuration["NO_COLOR"] is null);
        var programs = new SearchPath(configuration["PATH"]);
        using var folder = DataFolder.Open(arguments, Path.Combine(Repository.Root, ".aistack"));
        using var ports = new Ports();
        using var stop = new StopSignals(terminal);
        var run = new RunContext(arguments, configuration, folder, terminal, programs, ports);
        terminal.Say(HostChoice.Line);
        terminal.Say($"Data folder: {folder.Path}");
        await Leftovers.EndAsync(run.Folder.File(Stack.ChildrenFile), terminal, run.Time);
        RunFile.Remove(run);
        AssignPorts(run);

        using var stack = new Stack(run, resources);
        await using var feed = new ResourceFeed(run, resources, stack.Units);
        await using var control = await ControlEndpoint.StartAsync(run, stack, feed);
        Dashboard.Wire(run, resources, control);
        ParentWatch.Begin(stop, run.Time);
        try
        {
            if (await stack.StartAsync(stop.Token))
            {
                await AnnounceAsync(run, stack, control, stop.Token);
            }
            else if (!stack.Broken.IsCompleted)
            {
                terminal.Warn($"Not ready: {string.Join(", ", stack.Down)} down. The rest runs on; Ctrl-C stops it.");
            }

            return await stop.WaitAsync(stack.Broken);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            stack.TellOfProcesses(null);
            RunFile.Remove(run);
            terminal.Say("Stopping.");
            await stack.StopAsync();
            File.Delete(folder.File(Stack.ChildrenFile));
            terminal.Say(
                folder.IsEphemeral ? "Stopped; its folder is removed." : $"Stopped. The data stays in {folder.Path}.");
        }
    }

    private async Task AnnounceAsync(
        RunContext run, Stack stack, ControlEndpoint control, CancellationToken cancellationToken)
    {
        var sinceStart = run.Time.GetLocalNow() - Process.GetCurrentProcess().StartTime;
        var ready = ReadyStack.Describe(run, resources, sinceStart);
        // Scripts wait for this file: a stack that cannot write it does not say that it is ready.
        RunFile.Write(run, ready, control, stack.Processes);
        stack.TellOfProcesses(() => RunFile.Write(run, ready, control, stack.Processes));
        ready.Print(run.Terminal);
        if (run.Arguments.LoadSamples)
        {
            await Samples.LoadAsync(run, ready, cancellationToken);
        }
    }

    // A port asked for by name must be had; a default that is taken gives way to a free one.
    private void AssignPorts(RunContext run)
    {
        foreach (var project in resources.OfType<ProjectResource>())
        {
            project.HttpEndpoints.ForEach(endpoint => AssignPort(run, project, endpoint));
        }
    }

    private static void AssignPort(RunContext run, ProjectResource project, HttpEndpoint endpoint)
    {
        var name = project.PortName(endpoint.Name);
        var wishes = run.Arguments.Port is not null || !run.Folder.IsEphemeral;
        if (endpoint is { IsExternal: true, PreferredPort: { } port } && wishes)
        {
            if (run.Ports.TryTake(name, port))
            {
                return;
            }

            if (run.Arguments.Port is not null)
            {
                throw new RefusalException($"Port {port}, for {project.Name}, is taken. Give another with --port.");
            }

            run.Terminal.Say($"Port {port} is taken; {project.Name} gets a free one.");
        }

        run.Ports.TakeFree(name);
    }
}
