using System.Diagnostics;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Machine;

/// <summary>Runs a program to its end. Its output is shown only when it fails.</summary>
internal static class OneShot
{
    /// <summary>Runs it and returns what it printed; a failure becomes a refusal that contains its output.</summary>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        string input,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new RefusalException(
                $"{Path.GetFileName(program)} failed (exit code {process.ExitCode}): "
                + $"{(await errors).Trim()} {(await output).Trim()}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new RefusalException($"{start.FileName} cannot be run: {exception.Message}");
        }
    }
}
