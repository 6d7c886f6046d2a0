using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Tenancy;

/// <summary>
/// Single statements on one project's rows, for what every answer needs: each is one round trip and one transaction,
/// and is prepared once on each connection. The project is set for that transaction alone, so that its connections,
/// which nothing else may use, hold no state that the pool would have to clear
/// (docs/decisions/0119-an-answer-is-two-statements.md).
/// </summary>
public sealed class ProjectStatements(NpgsqlDataSource database) : IAsyncDisposable
{
    private readonly StatementGroups _groups = new(database);

    /// <summary>
    /// Runs <paramref name="sql"/> in a transaction of its own. What keeps it from being run in the time of a request's
    /// statement is an <see cref="NpgsqlException"/>.
    /// </summary>
    public Task<List<T>> ListAsync<T>(Id<Project> projectId, Sql sql, Func<NpgsqlDataReader, T> read) =>
        RunAsync(new Statement<T>(projectId, sql, read, IsDurable: true));

    /// <summary>
    /// Runs <paramref name="sql"/> in one transaction with those of others that come at the same time: they share the
    /// way and the commit. For statements that wait for no lock of another's: two groups could wait for each other. One
    /// that fails is run again by itself, and so are the others of its group.
    /// </summary>
    /// <param name="isDurable">
    /// False when it may be lost with the database's server, if that is killed within its next moments.
    /// </param>
    public Task<List<T>> ListTogetherAsync<T>(
        Id<Project> projectId, Sql sql, Func<NpgsqlDataReader, T> read, bool isDurable) =>
        _groups.RunAsync(new Statement<T>(projectId, sql, read, isDurable));

    /// <summary>As <see cref="ListAsync"/>, for a statement that has no result.</summary>
    public Task ExecuteAsync(Id<Project> projectId, Sql sql) =>
        RunAsync(new Statement<int>(projectId, sql, null, IsDurable: true));

    /// <summary>As <see cref="ListTogetherAsync"/>, for a statement that has no result.</summary>
    public Task ExecuteTogetherAsync(Id<Project> projectId, Sql sql) =>
        _groups.RunAsync(new Statement<int>(projectId, sql, null, IsDurable: true));

    public async ValueTask DisposeAsync()
    {
        await _groups.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task<List<T>> RunAsync<T>(Statement<T> statement)
    {
        await ServiceDefaults.Database.Database.WithinAsync(
            database, connection => StatementGroups.RunAsync(connection, [statement]));
        statement.Complete();
        return await statement.Result;
    }
}
