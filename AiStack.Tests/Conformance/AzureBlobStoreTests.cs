using AiStack.ServiceDefaults.Blobs;
using AiStack.Tests.Fixtures;
using Azure.Storage.Blobs;
using Xunit;

namespace AiStack.Tests.Conformance;

public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : BlobStoreConformance, IClassFixture<AzuriteFixture>
{
    private protected override IBlobStore Store => new AzureBlobStore(azurite.CreateClient());
}

/// <summary>Azurite, Microsoft's emulator of Azure's blobs, from the npm packages that the tests use.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    // Azurite's well-known development account:
    // https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
    private const string Account = "devstoreaccount1";
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-azurite-");
    private readonly int _port = Ports.Free();
    private System.Diagnostics.Process? _process;

    public BlobServiceClient CreateClient()
    {
        Assert.SkipWhen(_process is null, "Run 'npm ci' in AiStack.Tests/Clients to test on Azurite.");
        return Client();
    }

    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(Repository.Root, "AiStack.Tests/Clients/node_modules/azurite/dist/src/blob/main.js");
        Assert.False(
            Setting.InCI && !File.Exists(program), "CI must have Azurite: a skipped test would hide a regression.");
        if (!File.Exists(program))
        {
            return;
        }

        _process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "node",
            [program, "--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", $"{_port}",
                "--location", _folder.FullName, "--disableTelemetry"]));
        await Eventually.TrueAsync(AnswersAsync, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Client().GetPropertiesAsync(TestContext.Current.CancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is Azure.RequestFailedException or AggregateException)
        {
            return false;
        }
    }

    private BlobServiceClient Client() => new(
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + $"BlobEndpoint=http://127.0.0.1:{_port}/{Account};",
        new BlobClientOptions { Retry = { MaxRetries = 0 } });
}
