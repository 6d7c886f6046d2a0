using System.Diagnostics;
using System.Text;
using AiStack.ServiceDefaults;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// Has a folder tried in a process of its own before it is loaded in this one: the library does not survive every
/// damage, and does not end in time with every template.
/// </summary>
/// <param name="TimeLimit">The longest that loading and saying one token may take.</param>
/// <param name="MemoryLimit">The most memory that it may take, in bytes.</param>
internal sealed record ModelTrial(TimeSpan TimeLimit, long MemoryLimit)
{
    private const int MostOfALine = 300;

    /// <summary>What a process gives back on Unix that a signal ended, less the signal.</summary>
    private const int Signalled = 128;

    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Within what the options and the machine allow: a tenth of the free memory stays free.</summary>
    public static ModelTrial By(GenAiOptions options) => new(options.TrialTimeLimit, FreeMemory.Bytes() / 10 * 9);

    /// <summary>
    /// Returns when the folder has said its token; a folder that cannot is a <see cref="ModelRefusedException"/>.
    /// </summary>
    public void Run(ModelFolder folder, CancellationToken cancellationToken)
    {
        using var child = new Process { StartInfo = Program(folder) };
        var (said, complained) = ("", "");
        child.OutputDataReceived += (_, line) => said = Kept(line.Data) ?? said;
        child.ErrorDataReceived += (_, line) => complained = complained is "" ? Kept(line.Data) ?? "" : complained;
        var watch = Stopwatch.StartNew();
        child.Start();
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        try
        {
            Watch(child, watch, cancellationToken);
        }
        finally
        {
            child.Kill(entireProcessTree: true); // One that has ended stays as it ended.
        }

        child.WaitForExit(); // Until all it said is read.
        if (child.ExitCode == TryModel.Refused)
        {
            throw new ModelRefusedException(said);
        }

        if (child.ExitCode != 0)
        {
            throw new ModelRefusedException(
                $"the runtime ended with {Ending(child.ExitCode)} while loading it"
                + (complained is "" ? "" : $" ({complained})"));
        }
    }

    private void Watch(Process child, Stopwatch watch, CancellationToken cancellationToken)
    {
        while (!child.WaitForExit(_glance))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (watch.Elapsed > TimeLimit)
            {
                throw new ModelRefusedException(
                    $"it did not say its first word within {TimeLimit.TotalSeconds:0} seconds");
            }

            if (Memory(child) > MemoryLimit)
            {
                throw new ModelRefusedException($"loading it takes more than {MemoryLimit} bytes of memory");
            }
        }
    }

    private static long Memory(Process child)
    {
        try
        {
            child.Refresh();
            return child.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0; // It has ended since.
        }
    }

    private static ProcessStartInfo Program(ModelFolder folder)
    {
        var library = typeof(TryModel).Assembly.Location;
        var own = Environment.ProcessPath ?? "";
        var name = Path.GetFileNameWithoutExtension(own);
        var isOwn = name == typeof(TryModel).Assembly.GetName().Name;
        var start = new ProcessStartInfo(isOwn || name == "dotnet" ? own : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        string[] arguments = isOwn ? [TryModel.Verb, folder.Path] : [library, TryModel.Verb, folder.Path];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_DbgEnableMiniDump"] = "0"; // Its death is an answer.
        return start;
    }

    private static string? Kept(string? line) => string.IsNullOrWhiteSpace(line) ? null
        : line.Length > MostOfALine ? $"{line.Trim()[..MostOfALine]}…"
        : line.Trim();

    private static string Ending(int code) =>
        !OperatingSystem.IsWindows() && code > Signalled ? $"signal {code - Signalled}" : $"code {code}";
}
