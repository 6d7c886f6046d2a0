using System.Security.Cryptography;
using System.Text;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Migrations;

/// <summary>
/// Applies the services' <c>Migrations/NNNN_name.sql</c> files, in order, each exactly once, and lets each service's
/// role into its own schema.
/// </summary>
internal static class Migrator
{
    /// <summary>Any number that is the same for every run: it keeps two from running at once.</summary>
    private const long Lock = 0x41695374_61636b;

    /// <summary>What all others need: the projects' isolation, the work queue, the roles' rights.</summary>
    private const string SharedOwner = "AiStack.ServiceDefaults";

    /// <summary>
    /// Brings the database up to date and returns how many files that took. A role's name is <c>aistack_</c> and its
    /// service's; it can log in with the password given, from now on.
    /// </summary>
    /// <exception cref="InvalidOperationException">A file was edited after it was applied.</exception>
    public static async Task<int> MigrateAsync(
        string ownerConnectionString,
        IReadOnlyDictionary<string, string> rolePasswords,
        CancellationToken cancellationToken)
    {
        // A large table, or a transaction that must end first, takes as long as it takes.
        await using var owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ownerConnectionString) { CommandTimeout = 0 }.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);

        // The second to come waits, finds nothing to do, and goes on. The lock ends with the connection.
        await using (var wait = new NpgsqlCommand("select pg_advisory_lock($1)", connection))
        {
            wait.Parameters.Add(new() { Value = Lock });
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }

        await connection.ExecuteAsync($"create schema if not exists ops", cancellationToken);
        await connection.ExecuteAsync(
            $"""
            create table if not exists ops.migration (
                owner      text        not null,
                name       text        not null,
                sha256     bytea       not null,
                applied_at timestamptz not null default now(),
                primary key (owner, name)
            )
            """, cancellationToken);

        var known = (await connection.ListAsync(
            $"select name, sha256 from ops.migration",
            row => (Name: row.GetString(0), Sha256: row.GetFieldValue<byte[]>(1)),
            cancellationToken)).ToDictionary(migration => migration.Name, migration => migration.Sha256);
        var applied = 0;
        foreach (var migration in Migration.All.OrderBy(file => file.Owner != SharedOwner).ThenBy(file => file.Name))
        {
            applied += await ApplyOnceAsync(connection, migration, known, cancellationToken) ? 1 : 0;
        }

        foreach (var (service, password) in rolePasswords)
        {
            await connection.ExecuteAsync(
                $"call ops.grant_service({service}, {$"aistack_{service}"}, {password})", cancellationToken);
        }

        return applied;
    }

    private static async Task<bool> ApplyOnceAsync(
        NpgsqlConnection connection,
        Migration migration,
        Dictionary<string, byte[]> known,
        CancellationToken cancellationToken)
    {
        if (known.TryGetValue(migration.Name, out var sha256))
        {
            return sha256.AsSpan().SequenceEqual(migration.Sha256)
                ? false
                : throw new InvalidOperationException(
                    $"Migration '{migration.Name}' was edited after it was applied. Add a new one.");
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(migration.Script, connection, transaction))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await connection.ExecuteAsync(
            $"""
            insert into ops.migration (owner, name, sha256)
            values ({migration.Owner}, {migration.Name}, {migration.Sha256})
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>One file, by the name it is known by: <c>AiStack.Ingest.Migrations.0001_file.sql</c>.</summary>
    private sealed record Migration(string Name, string Script)
    {
        private const string Mark = ".Migrations.";

        public static IReadOnlyList<Migration> All { get; } =
            [.. typeof(Migration).Assembly.GetManifestResourceNames().Select(name => new Migration(name, Read(name)))];

        public string Owner => Name[..Name.IndexOf(Mark, StringComparison.Ordinal)];

        public byte[] Sha256 { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Script));

        private static string Read(string name)
        {
            using var reader = new StreamReader(typeof(Migration).Assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }
}
