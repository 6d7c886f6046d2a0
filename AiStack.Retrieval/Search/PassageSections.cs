using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Reads what stands beside passages: the chunks of the same revision before and after each, as long as they are below
/// the same headings, and up to a limit. Of files deleted meanwhile there are none.
/// </summary>
internal sealed class PassageSections(NpgsqlDataSource database)
{
    /// <summary>The most chunks on each side.</summary>
    private const int MaxBeside = 4;

    /// <summary>The most characters of a passage and what stands beside it; who wants more reads the file.</summary>
    private const int MaxCharacters = 8_000;

    public async Task<List<Passage>> AddAsync(
        Id<Project> projectId, List<Passage> passages, CancellationToken cancellationToken)
    {
        var chunks = passages.Select(passage => passage.ChunkId.Value).Distinct().ToArray();
        var ordinals = passages
            .SelectMany(passage => Enumerable.Range(passage.Ordinal - MaxBeside, (2 * MaxBeside) + 1))
            .Distinct().ToArray();
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);

        // Conditions, as in PassageRows. A passage's own chunk is read too: it says which revision it is of.
        var rows = await connection.ListAsync(
            $"""
            select c.revision_id, c.id, c.ordinal, c.text, c.start_offset, c.end_offset, c.page, c.table_head,
                   c.heading
            from ingest.published_chunk c
            where c.revision_id = any(array(select revision_id from ingest.published_chunk where id = any({chunks})))
              and c.ordinal = any({ordinals})
            """,
            Row.Read,
            cancellationToken);
        var byChunk = rows.ToDictionary(row => row.Part.ChunkId);
        var byPlace = rows.ToDictionary(row => (row.Revision, row.Part.Ordinal));
        return passages.ConvertAll(passage => byChunk.TryGetValue(passage.ChunkId, out var own)
            ? passage with { Section = [.. Beside(own, byPlace)] }
            : passage);
    }

    /// <summary>The nearest first get their place; they are given in their order.</summary>
    private static IEnumerable<SectionPart> Beside(Row own, Dictionary<(Guid, int), Row> byPlace)
    {
        var left = MaxCharacters - own.Part.Text.Length;
        var (parts, ends) = (new SortedList<int, SectionPart>(), new HashSet<int>());
        foreach (var distance in Enumerable.Range(1, MaxBeside))
        {
            foreach (var side in new[] { 1, -1 })
            {
                if (ends.Contains(side)
                    || !byPlace.TryGetValue((own.Revision, own.Part.Ordinal + (side * distance)), out var next)
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

    private sealed record Row(Guid Revision, SectionPart Part, string? Heading)
    {
        public static Row Read(NpgsqlDataReader row) => new(
            row.GetGuid(0),
            new(
                new(row.GetGuid(1)),
                row.GetInt32(2),
                row.GetString(3),
                row.GetInt32(4),
                row.GetInt32(5),
                row.IsDBNull(6) ? null : row.GetInt32(6),
                row.IsDBNull(7) ? null : row.GetString(7)),
            row.IsDBNull(8) ? null : row.GetString(8));
    }
}
