using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>Says whether a legal hold keeps a file from being deleted.</summary>
internal sealed class HeldFiles(ErasureSecrets secrets, FileWords words)
{
    public async Task<bool> HasAsync(
        NpgsqlConnection connection, Id<StoredFile> file, CancellationToken cancellationToken)
    {
        if (await connection.FirstOrDefaultAsync(
            $"select ingest.is_held({file})", row => row.GetBoolean(0), cancellationToken))
        {
            return true;
        }

        var people = await connection.ListAsync(
            $"select id, names from ingest.published_legal_hold where subject = 'person'",
            row => secrets.Open(row.GetFieldValue<byte[]>(1), row.GetGuid(0)).Names,
            cancellationToken);
        var held = new Mentions(people.SelectMany(names => names), []);
        var naming = await words.FindAsync(connection, new([], []), held, [file.Value], cancellationToken);
        return naming.Held.Contains(file.Value);
    }
}
