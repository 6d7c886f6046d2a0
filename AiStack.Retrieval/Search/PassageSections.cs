using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Reads what stands beside passages: the chunks of the same revision before and after each, as long as they are below
/// the same headings, and up to a limit. Of files deleted meanwhile there are none.
/// </summary>
internal sealed class PassageSections(NpgsqlDataSource database, StandInKeys keys)
{
    /// <summary>The most chunks on each side.</summary>
    private const int MaxBeside = 4;

    /// <summary>The most characters of a passage and what stands beside it; who wants more reads the file.</summary>
    private const int MaxCharacters = 8_000;

    public async Task<List<Passage>> AddAsync(
        Id<Project> projectId, List<Passage> passages, CancellationToken cancellationToken)
    {
        var chunks = passages.Select(passage => passage.ChunkId.Value).Distinct().ToArray();
        var stores = passages.Select(passage => passage.VectorStoreId.Value).Distinct().ToArray();
        var ordinals = passages
            .SelectMany(passage => Enumerable.Range(passage.Ordinal - MaxBeside, (2 * MaxBeside) + 1))
            .Distinct().ToArray();
        var standIns = keys.Of(projectId);
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);

        // Conditions, as in PassageRows. A passage's own chunk is read too: it says which revision it is of.
        var rows = await connection.ListAsync(
            $"""
            select c.revision_id, c.id, c.ordinal, c.text, c.start_offset, c.end_offset, c.page, c.table_head,
                   c.heading, c.details, v.id, v.privacy
            from ingest.published_chunk c
            join retrieval.vector_store v on v.id = any({stores})
            where c.revision_id = any(array(select revision_id from ingest.published_chunk where id = any({chunks})))
              and c.ordinal = any({ordinals})
            """,
            row => Row.Read(row, standIns),
            cancellationToken);
        // What stands beside a passage is masked as its store has it, too.
        var byChunk = rows.ToDictionary(row => (row.Store, row.Part.ChunkId));
        var byPlace = rows.ToDictionary(row => (row.Store, row.Revision, row.Part.Ordinal));
        return passages.ConvertAll(passage => byChunk.TryGetValue((passage.VectorStoreId, passage.ChunkId), out var own)
            ? passage with { Section = [.. Beside(own, byPlace)] }
            : passage);
    }

    /// <summary>The nearest first get their place; they are given in their order.</summary>
    private static IEnumerable<SectionPart> Beside(
        Row own, Dictionary<(Id<VectorStore>, Guid, int), Row> byPlace)
    {
        var left = MaxCharacters - own.Part.Text.Length;
        var (parts, ends) = (new SortedList<int, SectionPart>(), new HashSet<int>());
        foreach (var distance in Enumerable.Range(1, MaxBeside))
        {
            foreach (var side in new[] { 1, -1 })
            {
                if (ends.Contains(side)
                    || !byPlace.TryGetValue(
                        (own.Store, own.Revision, own.Part.Ordinal + (side * distance)), out var next)
                    || next.Heading != own.Heading
                    || next.Part.Text.Length > left)
                {
                    ends.Add(side);
                    continue;
                }

                parts.Add(next.Part.Ordinal, next.Part);
                left -= next.Part.Text.Length;
            }
        }

        return parts.Values;
    }

    private sealed record Row(Id<VectorStore> Store, Guid Revision, SectionPart Part, string? Heading)
    {
        public static Row Read(NpgsqlDataReader row, StandIns standIns)
        {
            var (text, policy) = (row.GetString(3), PrivacyPolicy.Read(row, 11, standIns));
            return new(
                new(row.GetGuid(10)),
                row.GetGuid(0),
                new(
                    new(row.GetGuid(1)),
                    row.GetInt32(2),
                    policy.Masked(text, policy.DetailsOf(row, 9, text)),
                    row.GetInt32(4),
                    row.GetInt32(5),
                    row.IsDBNull(6) ? null : row.GetInt32(6),
                    policy.Masked(row.IsDBNull(7) ? null : row.GetString(7))),
                row.IsDBNull(8) ? null : row.GetString(8));
        }
    }
}
