using System.Diagnostics;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>A real OpenID Connect provider, run by Node.js. Not there: skipped at a desk, a failure in CI.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "aistack";
    public const string ClientSecret = "the-secret-of-the-tests";

    private readonly Process _process;

    private OidcProvider(Process process, Uri authority) => (_process, Authority) = (process, authority);

    public Uri Authority { get; }

    public static async Task<OidcProvider> StartAsync(Uri console, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Repository.Root, "AiStack.Tests/Clients");
        var isInstalled = Directory.Exists(Path.Combine(folder, "node_modules/oidc-provider"));
        Assert.False(Setting.InCI && !isInstalled, "CI must have the npm clients: a skip would hide a regression.");
        Assert.SkipUnless(isInstalled, "Run npm ci in AiStack.Tests/Clients to test sign-in by OpenID Connect.");

        var port = Ports.Free();
        var process = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(folder, "oidc/provider.mjs"), $"{port}", console.GetLeftPart(UriPartial.Authority)])
        {
            RedirectStandardOutput = true,
        })!;
        var provider = new OidcProvider(process, new Uri($"http://127.0.0.1:{port}"));
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "ready")
            {
                return provider;
            }
        }

        throw new InvalidOperationException("The provider ended before it was ready; its output is above.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
