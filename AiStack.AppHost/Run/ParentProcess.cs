using System.Globalization;

namespace AiStack.AppHost.Run;

/// <summary>Who started this process.</summary>
internal static class ParentProcess
{
    private const string CliProcessId = "ASPIRE_CLI_PID";

    /// <summary>The id of the <c>dotnet run</c> that started us; null when it was started another way.</summary>
    public static int? DotnetRun()
    {
        // Aspire's own CLI has set it already.
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariables().Contains(CliProcessId))
        {
            return null;
        }

        try
        {
            // The fields behind the name, which is in brackets and may hold anything: state, parent, ...
            var stat = File.ReadAllText("/proc/self/stat");
            var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
            var command = File.ReadAllText($"/proc/{parent}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "dotnet" && command.Contains("run")
                ? int.Parse(parent, CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
