using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AiStack.ServiceDefaults.Database;

/// <summary>
/// The Postgres role a service works as. It owns nothing and cannot bypass row-level security; only <c>migrate</c>
/// works as the owner.
/// </summary>
internal sealed record ServiceRole(string Schema, string Name, string Password, string OwnerConnectionString)
{
    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(OwnerConnectionString)
    {
        Username = Name,
        Password = Password,
        ApplicationName = Name,
        Timeout = 5, // Seconds. A database that does not answer by then is down, and the caller is told so.
        MaxPoolSize = 30, // Six services' pools together stay well under a small server's 200 connections.
        KeepAlive = 30,
    }.ConnectionString;

    public static ServiceRole From(IConfiguration configuration, string schema)
    {
        var owner = Stores.Required(configuration, "aistack");
        var name = $"aistack_{schema}";
        var password = configuration[$"{DatabaseOptions.Section}:{nameof(DatabaseOptions.RolePassword)}"];
        return new(schema, name, string.IsNullOrEmpty(password) ? Derive(owner, name) : password, owner);
    }

    private static string Derive(string ownerConnectionString, string role)
    {
        var secret = new NpgsqlConnectionStringBuilder(ownerConnectionString).Password ?? "";
        return Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(role)));
    }
}
