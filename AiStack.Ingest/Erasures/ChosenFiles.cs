using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>A file that an erasure is of.</summary>
/// <param name="SourceItems">Documents of sources whose file it is: their sources still have them.</param>
internal sealed record ChosenFile(
    Id<StoredFile> Id, int Revisions, int Passages, int SourceItems, bool IsHeld)
{
    /// <summary>What is told of it.</summary>
    public IEnumerable<ErasureItem> Items()
    {
        var outcome = IsHeld ? ErasureOutcome.Held : ErasureOutcome.Erased;
        yield return new(ErasureScope.FileKind, $"{Id}", outcome);
        if (Revisions > 0)
        {
            yield return new("ingest.revision", $"{Id}", outcome, Revisions);
            yield return new("ingest.chunk", $"{Id}", outcome, Passages);
        }

        if (SourceItems > 0)
        {
            yield return new("ingest.source_item", $"{Id}", outcome, SourceItems);
            yield return new("at_its_source", $"{Id}", ErasureOutcome.Remains, SourceItems);
        }
    }
}

internal static class ChosenFiles
{
    /// <summary>Files that are chosen whatever they say; null where their words choose them.</summary>
    public static async Task<Guid[]?> ReadAsync(
        NpgsqlConnection connection, ErasureScope scope, CancellationToken cancellationToken)
    {
        var criteria = scope.Criteria;
        Sql? chosen = criteria.By switch
        {
            ErasureCriteria.File => $"select id from ingest.file where id = {criteria.FileId!.Value}",
            ErasureCriteria.Source =>
                $"""
                with recursive ours as (
                    select file_id as id from ingest.source_item where source_id = {criteria.SourceId!.Value}
                    union
                    select unnest(replaced) from ingest.source_item where source_id = {criteria.SourceId!.Value}
                    union
                    -- Of documents that are gone, by lineage; and the versions that others took the place of.
                    select right(made.name, 32)::uuid
                    from ingest.source_run run
                    join ingest.lineage_edge edge on edge.run_id = run.id
                    join ingest.lineage_node made on made.id = edge.target_id and made.name like 'files/file-%'
                    where run.source_id = {criteria.SourceId!.Value}
                    union
                    select f.id from ours join ingest.file f on f.superseded_by = ours.id
                )
                select id from ours
                """,
            ErasureCriteria.Age =>
                $"select id from ingest.file where deleted_at is null and created_at < {criteria.FilesBefore}",
            _ => null,
        };
        return chosen is not null
            ? [
                .. (await connection.ListAsync(
                    chosen, row => row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), cancellationToken,
                    StatementLimits.Background)).OfType<Guid>(),
            ]
            : criteria.By == ErasureCriteria.Person ? null : [];
    }

    /// <summary>What there is of them, the oldest first.</summary>
    /// <param name="naming">Those that name a person whom a hold is about.</param>
    public static Task<List<ChosenFile>> DescribeAsync(
        NpgsqlConnection connection, Guid[] files, HashSet<Guid> naming, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select f.id,
                   (select count(*)::int from ingest.revision r where r.file_id = f.id),
                   (select coalesce(sum(r.chunk_count), 0)::int from ingest.revision r where r.file_id = f.id),
                   (select count(*)::int from ingest.source_item i where i.file_id = f.id),
                   ingest.is_held(f.id)
            from ingest.file f
            -- What was deleted before lacks nothing but its name, which it loses now.
            where f.id = any({files}) and (f.deleted_at is null or f.filename <> {ForgetFiles.Name})
            order by f.id
            """,
            row => new ChosenFile(
                new(row.GetGuid(0)), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3),
                row.GetBoolean(4) || naming.Contains(row.GetGuid(0))),
            cancellationToken,
            StatementLimits.Background);
}
