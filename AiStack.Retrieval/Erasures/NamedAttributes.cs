using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Retrieval.Erasures;

/// <summary>Takes those who are erased out of attributes and principals of files that stay.</summary>
internal static class NamedAttributes
{
    /// <param name="keys">A store and a file each.</param>
    public static async Task ClearAsync(
        NpgsqlConnection connection, ErasureScope scope, string[] keys, CancellationToken cancellationToken)
    {
        // Stores first, as indexing has it. Indexes in memory are told by the next version.
        await connection.ListAsync(
            $"""
            select id from retrieval.vector_store
            where id in (select split_part(key, '/', 1)::uuid from unnest({keys}) as k (key))
            order by id
            for update
            """,
            row => row.GetGuid(0),
            cancellationToken);
        var rows = await connection.ListAsync(
            $"""
            select f.vector_store_id, f.file_id, f.attributes::text, f.document_attributes::text,
                   array_to_json(f.principals)::text
            from retrieval.store_file f
            join unnest({keys}) as k (key) on f.vector_store_id = split_part(key, '/', 1)::uuid
                and f.file_id = split_part(key, '/', 2)::uuid
            order by f.vector_store_id, f.file_id
            for update of f
            """,
            row => (
                Store: row.GetGuid(0), File: row.GetGuid(1), Attributes: Without(row.GetString(2), scope.Wanted),
                Document: Without(row.GetString(3), scope.Wanted), Principals: Principals(row, 4, scope.Wanted)),
            cancellationToken);
        Guid[] stores = [.. rows.Select(row => row.Store)], files = [.. rows.Select(row => row.File)];
        string[] attributes = [.. rows.Select(row => row.Attributes)];
        string[] documents = [.. rows.Select(row => row.Document)];
        string?[] principals = [.. rows.Select(row => row.Principals)];
        await connection.ExecuteAsync(
            $"""
            with stores as (
                update retrieval.vector_store s set version = s.version + 1
                where s.id = any({stores})
                returning s.id, s.version
            )
            update retrieval.store_file f
            set attributes = n.attributes::jsonb, document_attributes = n.document::jsonb,
                error_message = case when f.error_code is not null then 'erased' end, version = s.version,
                principals = case when n.principals is not null then array(
                    select jsonb_array_elements_text(n.principals::jsonb)) end
            from unnest({stores}, {files}, {attributes}, {documents}, {principals})
                as n (store, file, attributes, document, principals)
            join stores s on s.id = n.store
            where f.vector_store_id = n.store and f.file_id = n.file
            """, cancellationToken);
    }

    /// <summary>Of files that go nothing stays but that they were there.</summary>
    /// <param name="keys">A store, since when, and a file each.</param>
    public static async Task ClearHeldAsync(
        NpgsqlConnection connection, ErasureScope scope, string[] keys, CancellationToken cancellationToken)
    {
        var rows = await connection.ListAsync(
            $"""
            select h.vector_store_id, h.file_id, h.valid_from, array_to_json(h.principals)::text
            from retrieval.held h
            join unnest({keys}) as k (key) on h.vector_store_id = split_part(key, '/', 1)::uuid
                and (extract(epoch from h.valid_from) * 1000000)::bigint = split_part(key, '/', 2)::bigint
                and h.file_id = split_part(key, '/', 3)::uuid
            """,
            row => (
                Store: row.GetGuid(0), File: row.GetGuid(1), From: row.GetFieldValue<DateTimeOffset>(2),
                // Nobody, and not everybody.
                Principals: scope.Files.Contains(row.GetGuid(1)) && !row.IsDBNull(3)
                    ? "[]" : Principals(row, 3, scope.Wanted)),
            cancellationToken);
        Guid[] stores = [.. rows.Select(row => row.Store)], files = [.. rows.Select(row => row.File)];
        DateTimeOffset[] from = [.. rows.Select(row => row.From)];
        string?[] principals = [.. rows.Select(row => row.Principals)];
        await connection.ExecuteAsync(
            $"""
            update retrieval.held h
            set principals = case when n.principals is not null then array(
                    select jsonb_array_elements_text(n.principals::jsonb)) end
            from unnest({stores}, {files}, {from}, {principals}) as n (store, file, valid_from, principals)
            where h.vector_store_id = n.store and h.file_id = n.file and h.valid_from = n.valid_from
            """, cancellationToken);
    }

    private static string Without(string attributes, Mentions wanted)
    {
        var all = JsonNode.Parse(attributes)!.AsObject();
        foreach (var (name, value) in all.ToList())
        {
            if (wanted.AreIn(name) || wanted.AreIn($"{value}"))
            {
                all.Remove(name);
            }
        }

        return all.ToJsonString(JsonDefaults.Options);
    }

    private static string? Principals(NpgsqlDataReader row, int column, Mentions wanted) => row.IsDBNull(column)
        ? null
        : JsonSerializer.Serialize(
            JsonSerializer.Deserialize<string[]>(row.GetString(column))!.Where(principal => !wanted.AreIn(principal)),
            JsonDefaults.Options);
}
