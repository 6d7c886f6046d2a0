using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Gateway.Keys;

public sealed class KeyRingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _key = CreateKey.NewSecret();
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(
            postgres.ConnectionStringOf(typeof(AiStack.Gateway.GatewayTelemetry).Assembly));
        var options = Options.Create(new KeyOptions { DevelopmentKey = _key });
        await new DevelopmentKey(_database, options, TimeProvider.System).StartAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_key_is_remembered_until_it_is_forgotten()
    {
        using var ring = Ring(cacheTime: Minute, tokenLifetime: 10 * Minute);

        var first = await ring.CheckAsync(_key, Cancellation);
        var second = await ring.CheckAsync(_key, Cancellation);
        ring.Forget(KeyRing.Hash(_key));
        var third = await ring.CheckAsync(_key, Cancellation);

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.NotSame(first, third);
    }

    [Fact]
    public async Task A_key_is_not_remembered_past_half_of_its_tokens_life()
    {
        using var ring = Ring(cacheTime: Minute, tokenLifetime: TimeSpan.FromMilliseconds(200));
        var first = await ring.CheckAsync(_key, Cancellation);

        await Eventually.ReadAsync(
            () => ring.CheckAsync(_key, Cancellation).AsTask(),
            until: again => !ReferenceEquals(again, first),
            deadline: Minute / 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-aistack-nobodys")]
    public async Task A_key_of_nobody_is_nobodys(string key)
    {
        using var ring = Ring(cacheTime: Minute, tokenLifetime: 10 * Minute);

        Assert.Null(await ring.CheckAsync(key, Cancellation));
    }

    private KeyRing Ring(TimeSpan cacheTime, TimeSpan tokenLifetime)
    {
        var identity = new IdentityOptions
        {
            SigningKey = Convert.ToBase64String(new byte[32]),
            TokenLifetime = tokenLifetime,
        };
        return new(
            _database,
            new CallerTokens(Options.Create(identity), TimeProvider.System),
            Options.Create(new KeyOptions { KeyCacheTime = cacheTime }),
            TimeProvider.System);
    }
}
