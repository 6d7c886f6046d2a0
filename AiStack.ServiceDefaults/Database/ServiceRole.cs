using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AiStack.ServiceDefaults.Database;

/// <summary>
/// The Postgres role a service works as. It owns nothing and cannot bypass row-level security; only the migrations work
/// as the owner, whose password no service is given.
/// </summary>
/// <param name="ConnectionString">How requests reach the database: what does not answer soon is down.</param>
/// <param name="Background">
/// How background work does: it has time, and connections of its own, so that it takes none from requests.
/// </param>
/// <param name="Statements">
/// How the single statements of every answer do: short ones, on connections without state.
/// </param>
internal sealed record ServiceRole(string ConnectionString, string Background, string Statements)
{
    // Six services' pools together stay under a small server's 200 connections.
    private const int RequestConnections = 24;
    private const int BackgroundConnections = 12;

    // Serving's alone. Each is busy for a millisecond or so a statement; more would wait for each other in Postgres.
    private const int StatementConnections = 12;

    /// <summary>The role in the connection string <c>aistack</c>, with the limits of a service.</summary>
    public static ServiceRole From(IConfiguration configuration, string schema) =>
        Of(Stores.Required(configuration, "aistack"), schema);

    /// <summary>A size that <paramref name="connectionString"/> names is that of the requests' pool.</summary>
    public static ServiceRole Of(string connectionString, string schema)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var size = given.ContainsKey("Maximum Pool Size") ? given.MaxPoolSize : RequestConnections;
        return new(
            With(connectionString, schema, StatementLimits.Request, StatementLimits.Request, size),
            With(
                connectionString, $"{schema}_work", StatementLimits.Background, TimeSpan.FromSeconds(30),
                BackgroundConnections),
            With(
                connectionString, schema, StatementLimits.Request, StatementLimits.Request, StatementConnections,
                hasState: false));
    }

    private static string With(
        string connectionString, string name, TimeSpan statement, TimeSpan connect, int connections,
        bool hasState = true) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"aistack_{name}",
            Timeout = (int)connect.TotalSeconds,
            CommandTimeout = (int)statement.TotalSeconds,
            // Milliseconds that a server has to break a statement off; one that is silent does not.
            CancellationTimeout = 500,
            MaxPoolSize = connections,
            KeepAlive = 30,
            NoResetOnClose = !hasState,
        }.ConnectionString;
}
