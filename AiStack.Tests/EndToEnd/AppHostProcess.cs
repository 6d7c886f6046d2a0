using System.Diagnostics;
using System.Text;
using AiStack.AppHost.Local.Processes;

namespace AiStack.Tests.EndToEnd;

/// <summary>An AppHost started as a user starts it, with its output kept for the test that fails.</summary>
public sealed class AppHostProcess : IAsyncDisposable
{
    private const int OutputLimit = 400_000;
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(40);
    private readonly StringBuilder _output = new();
    private readonly bool _isEphemeral;

    private AppHostProcess(Process process, bool isEphemeral, string dataFolder) =>
        (Process, _isEphemeral, DataFolder) = (process, isEphemeral, dataFolder);

    public Process Process { get; }

    /// <summary>The data folder; of an ephemeral stack, known once it is ready.</summary>
    public string DataFolder { get; private set; }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static AppHostProcess Start(params string[] arguments) => Start(arguments, environment: []);

    public static AppHostProcess Start(string[] arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var assembly = new Projects.AiStack_AppHost().AssemblyPath;
        var info = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        var data = Array.IndexOf(arguments, "--data");
        var host = new AppHostProcess(
            new Process { StartInfo = info }, data < 0, data < 0 ? "" : arguments[data + 1]);
        host.Process.OutputDataReceived += host.Keep;
        host.Process.ErrorDataReceived += host.Keep;
        host.Process.Start();
        host.Process.BeginOutputReadLine();
        host.Process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Waits until run.json says that the stack is ready; fails if the host ends first.</summary>
    public async Task<string> WaitForRunFileAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            if (_isEphemeral && DataFolder.Length == 0)
            {
                DataFolder = TemporaryFolder() ?? "";
            }

            var path = Path.Combine(DataFolder, "run.json");
            if (DataFolder.Length > 0 && System.IO.File.Exists(path))
            {
                return path;
            }

            if (Process.HasExited || deadline.Elapsed > limit)
            {
                throw new InvalidOperationException(
                    (Process.HasExited ? $"The host ended with {Process.ExitCode}." : $"Not ready in {limit}.")
                    + $" It printed:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        UnixSignals.Send(Process.Id, UnixSignal.Terminate);
        await Process.WaitForExitAsync(cancellationToken);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            using var limit = new CancellationTokenSource(_stopLimit);
            try
            {
                await StopAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Process.Kill();
            }
        }

        Process.Dispose();
    }

    // The host says in its first line which temporary folder it uses.
    private string? TemporaryFolder()
    {
        const string Mark = "Data folder: ";
        var output = Output;
        var start = output.IndexOf(Mark, StringComparison.Ordinal);
        var end = start < 0 ? -1 : output.IndexOf('\n', start);
        return end < 0 ? null : output[(start + Mark.Length)..end].Trim();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            if (_output.Length < OutputLimit)
            {
                _output.Append(line.Data).Append('\n');
            }
        }
    }
}
