using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Ingest.Connectors;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>A real server of a kind, whose documents a test makes, changes and removes.</summary>
internal abstract class ConformingSource : IAsyncDisposable
{
    public abstract IConnectorKind Kind { get; }

    /// <summary>Leads through a door that <see cref="CutAsync"/> cuts.</summary>
    public abstract JsonObject Settings { get; }

    public virtual Dictionary<string, string> Secrets => [];

    /// <summary>Secrets that the server does not take.</summary>
    public virtual Dictionary<string, string> WrongSecrets => throw new NotSupportedException();

    /// <summary>How many documents are more than the connector may hold of a listing.</summary>
    public abstract int Many { get; }

    public static IOptions<ReachOptions> Reach { get; } =
        Options.Create(new ReachOptions { AllowPrivateAddresses = true });

    /// <summary>The listing is one answer: once it has come, the server is not needed.</summary>
    public virtual bool IsOneAnswer => false;

    /// <summary>A document that changes is another one.</summary>
    public virtual bool IsImmutable => false;

    /// <summary>Makes a document, or changes it.</summary>
    public abstract Task PutAsync(string name, string text);

    public abstract Task RemoveAsync(string name);

    public abstract Task PutManyAsync(int count);

    /// <summary>The bytes that a document of this name and text has.</summary>
    public virtual byte[] Bytes(string name, string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Breaks all connections to the server, and lets none in.</summary>
    public abstract Task CutAsync();

    /// <summary>Has the server refuse from now on what it let in before.</summary>
    public virtual Task RevokeAsync() => throw new NotSupportedException();

    public abstract ValueTask DisposeAsync();
}

/// <summary>What every kind of source promises to the runs that read it.</summary>
public abstract class ConnectorConformance
{
    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_documents_are_listed_once_with_their_very_bytes()
    {
        await using var source = await StartAsync();
        var texts = new Dictionary<string, string> { ["one"] = "1 é", ["two"] = "", ["three"] = new('x', 200_000) };
        texts["two"] = "2";
        foreach (var (name, text) in texts)
        {
            await source.PutAsync(name, text);
        }

        var result = await Runs(source).RunAsync(Cancellation);

        Assert.Equal(3, result.Listed.Count);
        Assert.Equal(3, result.Ids.Distinct().Count());
        Assert.All(result.Listed, item =>
        {
            Assert.Null(item.Problem);
            Assert.InRange(item.Id.Length, 1, 1_024);
            Assert.InRange(item.Name.Length, 1, 255);
            Assert.DoesNotContain(item.Name, letter => letter is '/' or '\\' || char.IsControl(letter));
            Assert.InRange(Encoding.UTF8.GetByteCount(item.Notes ?? ""), 0, 64 << 10);
        });
        Assert.Equal(
            texts.Select(text => Convert.ToBase64String(source.Bytes(text.Key, text.Value))).Order(),
            result.Fetched.Values.Select(Convert.ToBase64String).Order());
    }

    [Fact]
    public async Task Nothing_is_read_again_that_did_not_change()
    {
        await using var source = await StartAsync();
        await source.PutAsync("one", "1");
        await source.PutAsync("two", "2");
        var runs = Runs(source);
        await runs.RunAsync(Cancellation);

        var again = await runs.RunAsync(Cancellation);

        Assert.Empty(again.Fetched);
        Assert.Equal(2, runs.Known.Count);
    }

    [Fact]
    public async Task What_changed_is_read_again_under_its_old_id()
    {
        await using var source = await StartAsync();
        await source.PutAsync("one", "1");
        await source.PutAsync("two", "2");
        var runs = Runs(source);
        var first = await runs.RunAsync(Cancellation);
        await source.PutAsync("two", "3");

        var second = await runs.RunAsync(Cancellation);

        var (id, bytes) = Assert.Single(second.Fetched);
        Assert.Equal(source.Bytes("two", "3"), bytes);
        Assert.Equal(source.IsImmutable ? null : source.Bytes("two", "2"), first.Fetched.GetValueOrDefault(id));
        Assert.Equal(2, runs.Known.Count);
    }

    [Fact]
    public async Task What_is_removed_is_known_no_more()
    {
        await using var source = await StartAsync();
        await source.PutAsync("one", "1");
        await source.PutAsync("two", "2");
        var runs = Runs(source);
        var first = await runs.RunAsync(Cancellation);
        await source.RemoveAsync("two");

        await runs.RunAsync(Cancellation);

        Assert.Equal(source.Bytes("one", "1"), first.Fetched[Assert.Single(runs.Known)]);
    }

    [Fact]
    public async Task A_server_that_dies_while_it_lists_ends_the_run()
    {
        await using var source = await StartAsync();
        await source.PutManyAsync(source.Many);
        await using var connector = await OpenAsync(source, source.Secrets);
        var listed = 0;

        var ended = await Record.ExceptionAsync(async () =>
        {
            await foreach (var _ in connector.DiscoverAsync(New(), Cancellation))
            {
                if (listed++ == 0)
                {
                    await source.CutAsync();
                }
            }
        });

        if (source.IsOneAnswer)
        {
            Assert.Equal((null, source.Many), (ended, listed));
            return;
        }

        Assert.InRange(listed, 1, source.Many - 1);
        AssertFitToShow(source, Assert.IsType<SourceException>(ended));
    }

    [Fact]
    public async Task A_listing_that_nobody_waits_for_ends_soon()
    {
        await using var source = await StartAsync();
        await source.PutManyAsync(source.Many);
        await using var connector = await OpenAsync(source, source.Secrets);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listed = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in connector.DiscoverAsync(New(), cancelling.Token))
            {
                listed++;
                await cancelling.CancelAsync();
            }
        });

        Assert.InRange(listed, 1, source.Many - 1);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        await using var source = await StartAsync();
        await source.CutAsync();

        var failure = await Assert.ThrowsAsync<SourceException>(() => Runs(source).RunAsync(Cancellation));

        AssertFitToShow(source, failure);
    }

    [Fact]
    public void Settings_that_nobody_knows_are_refused()
    {
        var kind = KindOf();
        var settings = JsonElement.Parse("""{"no_such_setting":1}""");

        var fault = kind.Check(settings, new Dictionary<string, string>());

        Assert.StartsWith("settings", fault?.Parameter, StringComparison.Ordinal);
    }

    private protected abstract Task<ConformingSource> StartAsync();

    private protected abstract IConnectorKind KindOf();

    private protected static Discovery New() => new(null, (_, _) => ValueTask.FromResult<KnownItem?>(null));

    private protected static ConnectorRun Runs(ConformingSource source) =>
        new(source.Kind, Settings(source), source.Secrets);

    private protected static Task<IConnector> OpenAsync(ConformingSource source, Dictionary<string, string> secrets)
    {
        Assert.Null(source.Kind.Check(Settings(source), secrets));
        return source.Kind.OpenAsync(Settings(source), secrets, Cancellation);
    }

    private protected static JsonElement Settings(ConformingSource source) =>
        JsonSerializer.SerializeToElement(source.Settings);

    /// <summary>An admin reads it: no secrets, no types of exceptions.</summary>
    private protected static void AssertFitToShow(ConformingSource source, SourceException failure)
    {
        Assert.DoesNotContain("Exception", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.All(source.Secrets.Values, secret =>
            Assert.DoesNotContain(secret, failure.Message, StringComparison.Ordinal));
    }
}
