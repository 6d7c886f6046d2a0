using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>Says whether a legal hold keeps a file from being deleted.</summary>
internal sealed class HeldFiles(ErasureSecrets secrets, FileWords words)
{
    /// <summary>Null when none does, until the transaction ends.</summary>
    public async Task<Fault?> CheckAsync(
        NpgsqlConnection connection, Id<StoredFile> file, CancellationToken cancellationToken)
    {
        await HoldLock.ShareAsync(connection, cancellationToken);
        var isHeld = await connection.FirstOrDefaultAsync(
            $"select ingest.is_held({file})", row => row.GetBoolean(0), cancellationToken);
        var people = await connection.ListAsync(
            $"select id, names from ingest.published_legal_hold where subject = 'person' and not {isHeld}",
            row => (Id: row.GetGuid(0), Names: secrets.TryOpen(row.GetFieldValue<byte[]>(1), row.GetGuid(0))?.Names),
            cancellationToken);
        if (people.Find(hold => hold.Names is null) is { Id: var unread } && unread != Guid.Empty)
        {
            return new(
                FaultCode.Conflict,
                $"The legal hold '{new Id<LegalHold>(unread)}' cannot be read any more, and may be about the file "
                + $"'{file}': release it first.", "file_id");
        }

        var held = new Mentions(people.SelectMany(hold => hold.Names!), []);
        var naming = await words.FindAsync(connection, new([], []), held, [file.Value], cancellationToken);
        return isHeld || naming.Held.Contains(file.Value)
            ? new(
                FaultCode.Conflict, $"The file '{file}' is under a legal hold: it stays until that is released.",
                "file_id")
            : null;
    }
}
