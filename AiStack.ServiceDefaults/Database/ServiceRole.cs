using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AiStack.ServiceDefaults.Database;

/// <summary>
/// The Postgres role a service works as. It owns nothing and cannot bypass row-level security; only the migrations work
/// as the owner, whose password no service is given.
/// </summary>
internal sealed record ServiceRole(string ConnectionString)
{
    /// <summary>The role in the connection string <c>aistack</c>, with the limits of a service.</summary>
    public static ServiceRole From(IConfiguration configuration, string schema) =>
        Of(Stores.Required(configuration, "aistack"), schema);

    public static ServiceRole Of(string connectionString, string schema) =>
        new(new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"aistack_{schema}",
            Timeout = 5, // Seconds. A database that does not answer by then is down, and the caller is told so.
            MaxPoolSize = 30, // Six services' pools together stay well under a small server's 200 connections.
            KeepAlive = 30,
        }.ConnectionString);
}
