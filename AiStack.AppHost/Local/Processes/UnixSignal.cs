using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AiStack.AppHost.Local.Processes;

/// <summary>The signals that the host sends, by their numbers on Linux and macOS.</summary>
internal enum UnixSignal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

internal static partial class UnixSignals
{
    /// <summary>The name as setpriv wants it.</summary>
    public static string Name(this UnixSignal signal) => signal switch
    {
        UnixSignal.Interrupt => "SIGINT",
        UnixSignal.Kill => "SIGKILL",
        _ => "SIGTERM",
    };

    /// <summary>Sends the signal. A process that is gone already is no error.</summary>
    public static void Send(int processId, UnixSignal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            End(processId);
            return;
        }

        _ = Kill(processId, (int)signal);
    }

    // Windows has no signals: there, to stop is to kill.
    private static void End(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It is gone.
        }
    }

    // Process.Kill only knows SIGKILL.
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
