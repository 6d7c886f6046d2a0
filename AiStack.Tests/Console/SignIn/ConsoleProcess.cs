using System.Diagnostics;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>A Console of its own, with settings of its own, in front of a running stack.</summary>
internal sealed class ConsoleProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly DirectoryInfo _keys;

    private ConsoleProcess(Process process, DirectoryInfo keys, Uri address) =>
        (_process, _keys, Address) = (process, keys, address);

    public Uri Address { get; }

    /// <summary>Starts it at <paramref name="address"/>, and waits until it is healthy.</summary>
    public static async Task<ConsoleProcess> StartAsync(
        Uri address,
        Uri api,
        string apiKey,
        (string Name, string Value)[] settings,
        CancellationToken cancellationToken)
    {
        var keys = Directory.CreateTempSubdirectory("aistack-console-keys-");
        var program = Path.Combine(
            Repository.Root, "artifacts/bin/AiStack.Console", Configuration, "AiStack.Console.dll");
        var start = new ProcessStartInfo("dotnet", [program])
        {
            WorkingDirectory = Path.GetDirectoryName(program),
            RedirectStandardOutput = true,
        };
        (string Name, string Value)[] all =
        [
            ("ASPNETCORE_URLS", address.GetLeftPart(UriPartial.Authority)),
            ("DOTNET_ENVIRONMENT", "Development"),
            ("Identity__SigningKey", Convert.ToBase64String(new byte[32])),
            ("Console__ApiKey", apiKey),
            ("Console__KeysDirectory", keys.FullName),
            ("services__gateway__http__0", api.GetLeftPart(UriPartial.Authority)),
            .. settings,
        ];
        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { }; // Read and forgotten: a full pipe would stop it.
        process.BeginOutputReadLine();
        var console = new ConsoleProcess(process, keys, address);
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.TrueAsync(() => IsHealthyAsync(client, process), cancellationToken, _startLimit);
        return console;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _keys.Delete(recursive: true);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, Process process)
    {
        Assert.False(process.HasExited, "The Console ended; its output is above.");
        try
        {
            using var response = await client.GetAsync(new Uri("/alive", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // The tests are built like what they test.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;
}
