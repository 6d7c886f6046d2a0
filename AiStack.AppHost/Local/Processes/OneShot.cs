using System.Diagnostics;

namespace AiStack.AppHost.Local.Processes;

/// <summary>Runs a program to its end. Its output is shown only when it fails.</summary>
internal static class OneShot
{
    /// <summary>Runs it; a failure is a refusal that holds what the program said.</summary>
    public static async Task<string> RunAsync(
        RunContext run, LaunchSpec spec, string input, CancellationToken cancellationToken)
    {
        using var process = await run.Spawner.StartAsync(spec);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
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
                $"{Path.GetFileName(spec.Program)} failed (exit code {process.ExitCode}): "
                + $"{(await errors).Trim()} {(await output).Trim()}");
    }

    /// <summary>Runs a small program of the system that ends at once.</summary>
    public static void Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new RefusalException($"{program} failed: {errors.Trim()}");
        }
    }
}
