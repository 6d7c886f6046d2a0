using System.Net;
using System.Net.Sockets;
using AiStack.Gateway.Keys;
using AiStack.Gateway.Projects;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Tenancy;
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

    [Fact]
    public async Task A_key_is_not_remembered_past_its_own_day()
    {
        var key = CreateKey.NewSecret();
        await AddAsync(key, expiresAt: TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3));
        using var ring = Ring(cacheTime: Minute, tokenLifetime: 10 * Minute);

        Assert.NotNull(await ring.CheckAsync(key, Cancellation));
        await Eventually.ReadAsync(
            () => ring.CheckAsync(key, Cancellation).AsTask(), until: known => known is null, deadline: Minute / 2);
    }

    [Fact]
    public async Task The_development_key_waits_for_a_database_that_is_away()
    {
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        await using var away = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={((IPEndPoint)database.LocalEndpoint).Port};Username=nobody");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var options = Options.Create(new KeyOptions { DevelopmentKey = _key });

        var starting = new DevelopmentKey(away, options, TimeProvider.System).StartAsync(stopping.Token);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var hungUp = await database.AcceptTcpClientAsync(Cancellation);
        }

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-aistack-nobodys")]
    public async Task A_key_of_nobody_is_nobodys(string key)
    {
        using var ring = Ring(cacheTime: Minute, tokenLifetime: 10 * Minute);

        Assert.Null(await ring.CheckAsync(key, Cancellation));
    }

    private async Task AddAsync(string key, DateTimeOffset expiresAt)
    {
        var now = TimeProvider.System.GetUtcNow();
        var project = await FirstProject.EnsureAsync(_database, now, Cancellation);
        await using var connection = await _database.OpenForAsync(project, Cancellation);
        await CreateKey.InsertAsync(
            connection, project, "For a moment", key, [Scopes.Admin], now, expiresAt, Cancellation);
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
