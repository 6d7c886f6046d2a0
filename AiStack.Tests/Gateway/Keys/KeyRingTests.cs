using System.Net;
using System.Net.Sockets;
using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.Gateway.Projects;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Gateway.Keys;

public sealed class KeyRingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int WrongKeys = 5;
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

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
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute);

        var first = await CheckAsync(ring, _key);
        var second = await CheckAsync(ring, _key);
        ring.Forget(KeyRing.Hash(_key));
        var third = await CheckAsync(ring, _key);

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.NotSame(first, third);
    }

    [Fact]
    public async Task A_key_is_not_remembered_past_half_of_its_tokens_life()
    {
        using var ring = Ring(cacheTime: _minute, tokenLifetime: TimeSpan.FromMilliseconds(200));
        var first = await CheckAsync(ring, _key);

        await Eventually.ReadAsync(
            () => CheckAsync(ring, _key),
            until: again => !ReferenceEquals(again, first),
            deadline: _minute / 2);
    }

    [Fact]
    public async Task A_key_is_not_remembered_past_its_own_day()
    {
        var key = CreateKey.NewSecret();
        await AddAsync(key, expiresAt: TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3));
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute);

        Assert.NotNull(await CheckAsync(ring, key));
        await Eventually.ReadAsync(
            () => CheckAsync(ring, key), until: known => known is null, deadline: _minute / 2);
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
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute);

        Assert.Null(await CheckAsync(ring, key));
    }

    [Fact]
    public async Task A_key_that_was_revoked_elsewhere_is_not_known_for_longer_when_the_clock_is_set_back()
    {
        var key = CreateKey.NewSecret();
        await AddAsync(key, expiresAt: null);
        var time = new SteppedClock();
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute, time);
        Assert.NotNull(await CheckAsync(ring, key));
        await RevokeAsync(key);

        time.Set(back: TimeSpan.FromHours(3));
        time.Advance(_minute);

        Assert.Null(await CheckAsync(ring, key));
    }

    [Fact]
    public async Task A_wrong_key_is_asked_of_the_database_once_in_a_while_however_often_it_is_brought()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute, time);
        var key = CreateKey.NewSecret();
        Assert.Null(await CheckAsync(ring, key));
        await AddAsync(key, expiresAt: null);

        Assert.Null(await CheckAsync(ring, key));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await CheckAsync(ring, key));
    }

    [Fact]
    public async Task An_address_that_brings_many_wrong_keys_waits_for_the_next_minute_and_others_do_not()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var ring = Ring(cacheTime: _minute, tokenLifetime: 10 * _minute, time);
        Assert.NotNull(await CheckAsync(ring, _key));
        var guesses = Enumerable.Range(0, WrongKeys).Select(_ => CreateKey.NewSecret()).ToList();
        foreach (var guess in guesses)
        {
            Assert.Equal(FaultCode.Unauthenticated, await RefusalAsync(ring, guess, "203.0.113.9"));
        }

        Assert.Equal(FaultCode.QuotaExceeded, await RefusalAsync(ring, CreateKey.NewSecret(), "203.0.113.9"));
        Assert.Equal(FaultCode.QuotaExceeded, await RefusalAsync(ring, CreateKey.NewSecret(), "::ffff:203.0.113.9"));
        Assert.Equal(FaultCode.Unauthenticated, await RefusalAsync(ring, guesses[0], "203.0.113.9"));
        Assert.Equal(FaultCode.Unauthenticated, await RefusalAsync(ring, CreateKey.NewSecret(), "203.0.113.10"));

        time.Advance(_minute);
        Assert.Equal(FaultCode.Unauthenticated, await RefusalAsync(ring, CreateKey.NewSecret(), "203.0.113.9"));
    }

    [Fact]
    public async Task A_key_that_was_good_before_is_let_in_although_others_guess_from_its_address()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var ring = Ring(cacheTime: TimeSpan.FromSeconds(5), tokenLifetime: 10 * _minute, time);
        Assert.NotNull(await CheckAsync(ring, _key));
        for (var guess = 0; guess <= WrongKeys; guess++)
        {
            Assert.Null(await CheckAsync(ring, CreateKey.NewSecret()));
        }

        time.Advance(TimeSpan.FromSeconds(6));

        Assert.NotNull(await CheckAsync(ring, _key));
    }

    [Fact]
    public void An_IPv6_network_is_one_address_and_its_neighbours_another()
    {
        var wrong = new AiStack.Gateway.Keys.WrongKeys(
            Options.Create(new KeyOptions { WrongKeysPerMinute = 1 }), new FakeTimeProvider());

        Assert.Null(wrong.Take(IPAddress.Parse("2001:db8:0:1::1")));
        Assert.NotNull(wrong.Take(IPAddress.Parse("2001:db8:0:1:ffff::2")));
        Assert.Null(wrong.Take(IPAddress.Parse("2001:db8:0:2::1")));
    }

    private static async Task<FaultCode?> RefusalAsync(KeyRing ring, string key, string address)
    {
        var outcome = await ring.CheckAsync(key, IPAddress.Parse(address), Cancellation);
        return outcome.TryGet(out _, out var fault) ? null : fault.Code;
    }

    private async Task RevokeAsync(string key)
    {
        var now = TimeProvider.System.GetUtcNow();
        var project = await FirstProject.EnsureAsync(_database, now, Cancellation);
        await using var connection = await _database.OpenForAsync(project, Cancellation);
        await connection.ExecuteAsync(
            $"update gateway.api_key set revoked_at = now() where sha256 = {KeyRing.Hash(key)}", Cancellation);
    }

    private async Task AddAsync(string key, DateTimeOffset? expiresAt)
    {
        var now = TimeProvider.System.GetUtcNow();
        var project = await FirstProject.EnsureAsync(_database, now, Cancellation);
        await using var connection = await _database.OpenForAsync(project, Cancellation);
        await CreateKey.InsertAsync(
            connection, project, "For a moment", key, [Scopes.Admin], now, expiresAt, models: null, Cancellation);
    }

    private static async Task<CheckedKey?> CheckAsync(KeyRing ring, string key) =>
        (await ring.CheckAsync(key, IPAddress.Loopback, Cancellation)).TryGet(out var known, out _) ? known : null;

    private KeyRing Ring(TimeSpan cacheTime, TimeSpan tokenLifetime, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var identity = new IdentityOptions
        {
            SigningKey = Convert.ToBase64String(new byte[32]),
            TokenLifetime = tokenLifetime,
        };
        var options = Options.Create(new KeyOptions { KeyCacheTime = cacheTime, WrongKeysPerMinute = WrongKeys });
        return new(
            _database,
            new CallerTokens(Options.Create(identity), time),
            new AiStack.Gateway.Keys.WrongKeys(options, time),
            options,
            time);
    }
}
