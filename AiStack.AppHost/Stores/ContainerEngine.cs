using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Stores;

/// <summary>Whether containers can be run here.</summary>
internal static class ContainerEngine
{
    // Asked once, since an answer takes a tenth of a second and more.
    private static readonly ConcurrentDictionary<string, bool> _answers = new(StringComparer.Ordinal);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether an engine answers. A client on PATH is not enough: its daemon may not run, or may be closed to us.
    /// </summary>
    public static bool Answers(IConfiguration configuration)
    {
        string[] engines = configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } chosen
            ? [chosen]
            : ["docker", "podman"];
        return engines.Any(engine => _answers.GetOrAdd(engine, Ask));
    }

    private static bool Ask(string engine)
    {
        try
        {
            using var info = Process.Start(new ProcessStartInfo(engine, "info")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            info.OutputDataReceived += (_, _) => { };
            info.ErrorDataReceived += (_, _) => { };
            info.BeginOutputReadLine();
            info.BeginErrorReadLine();
            if (info.WaitForExit(_limit))
            {
                return info.ExitCode == 0;
            }

            info.Kill();
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // It is not installed.
        }
    }
}
