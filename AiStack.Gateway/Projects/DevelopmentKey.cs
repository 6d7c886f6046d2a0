using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>
/// Makes the first project, and its key, on a machine that is told a development key. It waits for a database that is
/// away.
/// </summary>
internal sealed class DevelopmentKey(
    NpgsqlDataSource database, IOptions<KeyOptions> options, TimeProvider time) : IHostedService
{
    /// <summary>What the Console needs, which allows each person what their role may.</summary>
    private static readonly string[] _scopes = [Scopes.Admin, Scopes.PrivacyReveal];

    private static readonly TimeSpan _retryDelay = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DevelopmentKey is not { Length: > 0 } secret)
        {
            return;
        }

        while (!await TryMakeAsync(secret, cancellationToken))
        {
            await Task.Delay(_retryDelay, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> TryMakeAsync(string secret, CancellationToken cancellationToken)
    {
        try
        {
            await MakeAsync(secret, cancellationToken);
            return true;
        }
        catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
        {
            return false;
        }
    }

    private async Task MakeAsync(string secret, CancellationToken cancellationToken)
    {
        var project = await FirstProject.EnsureAsync(database, time.GetUtcNow(), cancellationToken);
        await using var connection = await database.OpenForAsync(project, cancellationToken);
        await CreateKey.InsertAsync(
            connection,
            project,
            "Development",
            secret,
            _scopes,
            time.GetUtcNow(),
            expiresAt: null,
            models: null,
            cancellationToken);
        // One that was made when there were fewer scopes.
        await connection.ExecuteAsync(
            $"""
            update gateway.api_key
            set scopes = {_scopes}
            where sha256 = {KeyRing.Hash(secret)} and not scopes @> {_scopes}
            """, cancellationToken);
    }
}
