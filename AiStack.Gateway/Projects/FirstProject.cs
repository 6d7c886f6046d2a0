using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>The project that a new installation starts with.</summary>
internal static class FirstProject
{
    // Fixed ids: replicas that start together make the same project.
    private static readonly Id<Organisation> _organisation = new(new Guid("01990000-0000-7000-8000-000000000001"));
    private static readonly Id<Project> _project = new(new Guid("01990000-0000-7000-8000-000000000002"));

    public static async Task<Id<Project>> EnsureAsync(
        NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"""
            with organisation as (
                insert into gateway.organisation (id, name, created_at)
                values ({_organisation}, 'Default', {now})
                on conflict do nothing
            )
            insert into gateway.project (id, organisation_id, name, created_at)
            values ({_project}, {_organisation}, 'Default', {now})
            on conflict do nothing
            """, cancellationToken);
        return _project;
    }
}
