using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>
/// A place where a service keeps what people wrote, or what names them. A service lists all that it has: dry runs,
/// erasures and counts go by the list, so a new table needs one more line there and nothing else.
/// </summary>
/// <param name="Kind">The table.</param>
/// <param name="Read">
/// Reads rows that may fit: a key, the words in it, whether it fits whatever its words are, and the end user whose it
/// is; perhaps how many rows it stands for.
/// </param>
/// <param name="Erase">Erases rows by their keys; null where they stay, and people are told of them.</param>
public sealed record ErasurePlace(
    string Kind, Func<ErasureScope, Sql> Read, Func<ErasureScope, string[], Sql>? Erase = null)
{
    private const int IdDigits = 32;

    private Func<ErasureScope, bool> IsAsked { get; init; } = _ => true;

    private bool IsOfNames { get; init; }

    /// <summary>Whether the key may be a name of somebody: then a hash stands in its place in what is told.</summary>
    public bool HasPersonalKey { get; init; }

    /// <summary>Erases rows by their keys, where a statement alone does not.</summary>
    public Func<NpgsqlConnection, ErasureScope, string[], CancellationToken, Task>? Rewrite { get; init; }

    /// <summary>Whether its rows are of files, so that they stay as they are where theirs is held.</summary>
    public bool IsOfFiles { get; init; }

    /// <summary>Whether it is looked into when all services had their turn.</summary>
    public bool IsLast { get; init; }

    /// <summary>A place of which only words tell whether something fits: a name, or an id of ours.</summary>
    public static ErasurePlace OfWords(
        string kind, Func<ErasureScope, Sql> read, Func<ErasureScope, string[], Sql>? erase = null) =>
        new(kind, read, erase) { IsAsked = scope => !scope.Wanted.IsEmpty };

    /// <summary>A place of which only names tell it.</summary>
    public static ErasurePlace OfNames(
        string kind, Func<ErasureScope, Sql> read, Func<ErasureScope, string[], Sql>? erase = null) =>
        new(kind, read, erase) { IsAsked = scope => scope.Wanted.HasNames, IsOfNames = true };

    /// <summary>The id in a key, which ends in its digits.</summary>
    public static Guid IdOf(string key) => Guid.ParseExact(key.AsSpan(key.Length - IdDigits), "N");

    /// <summary>The ids in keys.</summary>
    public static Guid[] IdsOf(string[] keys) => Array.ConvertAll(keys, IdOf);

    internal Task EraseAsync(
        NpgsqlConnection connection, ErasureScope scope, string[] keys, CancellationToken cancellationToken) =>
        Rewrite is not null
            ? Rewrite(connection, scope, keys, cancellationToken)
            : connection.ExecuteAsync(Erase!(scope, keys), cancellationToken);

    /// <summary>What fits, read as a stream: only keys are kept.</summary>
    internal async Task<List<FoundRow>> FindAsync(
        NpgsqlConnection connection, ErasureScope scope, CancellationToken cancellationToken)
    {
        var found = new List<FoundRow>();
        if (!IsAsked(scope))
        {
            return found;
        }

        await foreach (var row in connection.ReadAsync(
            Read(scope), row => Look(scope, row), cancellationToken, StatementLimits.Background))
        {
            if (row is not null)
            {
                found.Add(row);
            }
        }

        return found;
    }

    /// <summary>Null where a row does not fit.</summary>
    private FoundRow? Look(ErasureScope scope, NpgsqlDataReader row)
    {
        var words = row.IsDBNull(1) ? "" : row.GetString(1);
        var fits = !row.IsDBNull(2) && row.GetBoolean(2);
        if (!fits && !(IsOfNames ? scope.WantedNames : scope.Wanted).AreIn(words))
        {
            return null;
        }

        var key = row.GetString(0);
        var isHeld = (!row.IsDBNull(3) && scope.HeldUsers.Contains(row.GetString(3))) || scope.Held.AreIn(words)
            || (IsOfFiles && (scope.HeldFiles.AreIn(key) || scope.HeldFiles.AreIn(words)));
        return new(
            key,
            row.FieldCount > 4 ? row.GetInt32(4) : 1,
            Erase is null && Rewrite is null ? ErasureOutcome.Remains
                : isHeld ? ErasureOutcome.Held : ErasureOutcome.Erased);
    }

    internal sealed record FoundRow(string Key, int Amount, string Outcome);
}
