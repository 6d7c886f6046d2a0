using AiStack.Ingest.Connectors;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>What every kind of source promises that somebody signs in to.</summary>
public abstract class SecretConnectorConformance : ConnectorConformance
{
    [Fact]
    public async Task Wrong_secrets_are_said_and_not_shown()
    {
        await using var source = await StartAsync();
        await source.PutAsync("one", "1");

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => new ConnectorRun(source.Kind, Settings(source), source.WrongSecrets).RunAsync(Cancellation));

        AssertFitToShow(source, failure);
        Assert.All(source.WrongSecrets.Values, secret =>
            Assert.DoesNotContain(secret, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_that_are_revoked_in_between_end_the_run()
    {
        await using var source = await StartAsync();
        await source.PutManyAsync(source.Many);
        await using var connector = await OpenAsync(source, source.Secrets);

        var failure = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await foreach (var item in connector.DiscoverAsync(New(), Cancellation))
            {
                await source.RevokeAsync();
                await using var content = await connector.FetchAsync(item, Cancellation);
                await content.CopyToAsync(Stream.Null, Cancellation);
            }
        });

        AssertFitToShow(source, failure);
    }
}
