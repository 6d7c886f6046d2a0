using System.Collections.Concurrent;
using System.Diagnostics;

namespace AiStack.AppHost.Local.Processes;

/// <summary>
/// Starts child processes that die with the host, even when it is killed with SIGKILL. Linux sends a child its
/// parent-death signal when the *thread* that started it ends, so all are started by one thread that never does.
/// </summary>
internal sealed class Spawner
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly string? _setsid;
    private readonly string? _setpriv;

    public Spawner(SearchPath path)
    {
        (_setsid, _setpriv) = (path.Find("setsid"), path.Find("setpriv"));
        var thread = new Thread(RunAsLongAsTheProcess) { IsBackground = true, Name = "Spawner" };
        thread.Start();
    }

    /// <summary>Whether children die with a killed host on this machine.</summary>
    public bool TiesChildrenToHost => OperatingSystem.IsLinux() && _setsid is not null && _setpriv is not null;

    public Task<Process> StartAsync(LaunchSpec spec)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(ToStartInfo(spec))!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private void RunAsLongAsTheProcess()
    {
        foreach (var start in _work.GetConsumingEnumerable())
        {
            start();
        }
    }

    private ProcessStartInfo ToStartInfo(LaunchSpec spec)
    {
        List<string> command = [.. Wrapper(spec), spec.Program, .. spec.Arguments];
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in spec.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    // setsid: Ctrl-C in the terminal reaches the host alone, which then stops its children in order.
    // setpriv: the child gets its stop signal from the kernel when the host is gone. Both exec, so the pid stays.
    private List<string> Wrapper(LaunchSpec spec)
    {
        if (!TiesChildrenToHost)
        {
            return spec.User is null ? [] : throw new RefusalException(
                $"{Path.GetFileName(spec.Program)} must not run as root, and setpriv (package util-linux) is missing.");
        }

        List<string> wrapper = [_setsid!, _setpriv!, "--pdeathsig", spec.StopSignal.Name()];
        if (spec.User is { } user)
        {
            wrapper.AddRange(["--reuid", user, "--regid", user, "--init-groups"]);
        }

        return [.. wrapper, "--"];
    }
}
