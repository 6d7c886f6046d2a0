using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Tenancy;

/// <summary>
/// Connections that see one project's rows. The project is set on the session and the pool forgets it on return; a
/// connection opened any other way sees no project's rows at all.
/// </summary>
public static class ProjectDatabase
{
    public static Task<NpgsqlConnection> OpenForAsync(
        this NpgsqlDataSource database, Id<Project> projectId, CancellationToken cancellationToken) =>
        ServiceDefaults.Database.Database.OpenAsync(
            database,
            $"select set_config('aistack.project_id', {projectId.Value.ToString()}, false)",
            cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> on one project's rows in one transaction: either all of its writes happen or none
    /// do. None do when it throws, and when it returns a fault.
    /// </summary>
    public static async Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource database,
        Id<Project> projectId,
        Func<NpgsqlConnection, Task<T>> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.InTransactionAsync(work, cancellationToken);
    }
}
