using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Reads what Retrieval is told of a document's file.</summary>
internal static class SourceFileRow
{
    /// <summary>Reads a row of: file_id, told, replaced, attributes, principals.</summary>
    public static SourceFile Read(RunRow run, NpgsqlDataReader row) => new(
        run.SourceId,
        run.StoreId,
        new(row.GetGuid(0)),
        row.GetInt64(1),
        [.. row.GetFieldValue<Guid[]>(2).Select(id => new Id<StoredFile>(id))],
        JsonNode.Parse(row.GetString(3))!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value?.DeepClone()),
        row.IsDBNull(4) ? null : row.GetFieldValue<string[]>(4));
}
