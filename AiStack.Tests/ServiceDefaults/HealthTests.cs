using System.Net;
using AiStack.Ingest;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class HealthTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_is_told_what_is_down_and_the_log_is_not_filled_with_it()
    {
        postgres.ConnectionStringOf(typeof(IngestTelemetry).Assembly);
        await using var ingest = new ServiceFactory<IngestTelemetry>(postgres);
        await using var logged = ingest.WithWebHostBuilder(
            web => web.ConfigureServices(services => services.AddLogging(logging => logging.AddFakeLogging())));
        using var client = logged.CreateClient();
        Directory.Delete(ingest.BlobFolder, recursive: true);

        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), Cancellation);
        var answer = await response.Content.ReadAsStringAsync(Cancellation);
        Directory.CreateDirectory(ingest.BlobFolder);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"blobs\":\"Unhealthy\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(
            logged.Services.GetFakeLogCollector().GetSnapshot(),
            line => line.Category!.Contains("HealthChecks", StringComparison.Ordinal));
    }
}
