using AiStack.Gateway.Projects;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>Makes the first project, and its key, on a machine that is told a development key.</summary>
internal sealed class DevelopmentKey(
    NpgsqlDataSource database, IOptions<KeyOptions> options, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DevelopmentKey is not { Length: > 0 } secret)
        {
            return;
        }

        var project = await FirstProject.EnsureAsync(database, time.GetUtcNow(), cancellationToken);
        await using var connection = await database.OpenForAsync(project, cancellationToken);
        await CreateKey.InsertAsync(
            connection,
            project,
            "Development",
            secret,
            [Scopes.Admin],
            time.GetUtcNow(),
            expiresAt: null,
            cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
