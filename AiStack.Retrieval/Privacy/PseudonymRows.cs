using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>A value that a stand-in stands for; null where another key sealed it.</summary>
internal sealed record RevealedValue(string StandIn, string Kind, string? Value);

/// <summary>What stands for what: the rows are written as files are indexed, their values sealed.</summary>
internal sealed class PseudonymRows(IOptions<IdentityOptions> identity)
{
    private const int RowsPerStatement = 2_000;
    private const string Value = "value";

    private readonly SecretBox _box = new(identity, "aistack.retrieval.pseudonyms.v1");

    /// <summary>The privacy policy of a store as its row has it; null where there is no such store.</summary>
    public static Task<string?> PolicyAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"select privacy from retrieval.vector_store where id = {store}", row => row.GetString(0),
            cancellationToken);

    /// <summary>Puts what stands in files' texts in a store in the place of what stood there before.</summary>
    public async Task WriteAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store,
        IReadOnlyDictionary<Id<StoredFile>, IReadOnlyCollection<StandIn>> standIns,
        CancellationToken cancellationToken)
    {
        var files = standIns.Keys.Select(file => file.Value).ToArray();
        await connection.ExecuteAsync(
            $"delete from retrieval.pseudonym where vector_store_id = {store} and file_id = any({files})",
            cancellationToken);
        foreach (var (file, made) in standIns)
        {
            await InsertAsync(connection, project, store, file, made, cancellationToken);
        }
    }

    private async Task InsertAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store, Id<StoredFile> file,
        IReadOnlyCollection<StandIn> standIns, CancellationToken cancellationToken)
    {
        var rows = standIns.DistinctBy(each => (each.Text, Convert.ToHexString(each.Tag)));
        foreach (var some in rows.Chunk(RowsPerStatement))
        {
            var texts = Array.ConvertAll(some, each => each.Text);
            var tags = Array.ConvertAll(some, each => each.Tag);
            var kinds = Array.ConvertAll(some, each => each.Kind);
            var boxes = Array.ConvertAll(some, each => _box.Seal(
                new Dictionary<string, string> { [Value] = each.Written }, OwnerOf(each.Tag)));
            await connection.ExecuteAsync(
                $"""
                insert into retrieval.pseudonym (vector_store_id, file_id, stand_in, tag, project_id, kind, sealed)
                select {store}, {file}, stand_in, tag, {project}, kind, sealed
                from unnest({texts}, {tags}, {kinds}, {boxes}) as made (stand_in, tag, kind, sealed)
                """, cancellationToken);
        }
    }

    /// <summary>What stand-ins stand for in files that are there; short ones may stand for several values.</summary>
    public Task<List<RevealedValue>> ReadAsync(
        NpgsqlConnection connection, IEnumerable<string> standIns, CancellationToken cancellationToken)
    {
        string[] asked = [.. standIns];
        return connection.ListAsync(
            $"""
            select distinct on (p.stand_in, p.tag) p.stand_in, p.kind, p.tag, p.sealed
            from retrieval.pseudonym p
            where p.stand_in = any({asked}) and exists (select from ingest.published_file f where f.id = p.file_id)
            order by p.stand_in, p.tag
            """,
            row => new RevealedValue(
                row.GetString(0), row.GetString(1),
                _box.Open(row.GetFieldValue<byte[]>(3), OwnerOf(row.GetFieldValue<byte[]>(2)))?[Value]),
            cancellationToken);
    }

    /// <summary>
    /// Deletes, in the connection's project and transaction, all that is kept of a value: whichever files and stores it
    /// is of. Returns what stood for it; those stand-ins are revealed no more.
    /// </summary>
    public static Task<List<string>> ForgetAsync(
        NpgsqlConnection connection, StandIns standIns, string kind, string value,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            with gone as (
                delete from retrieval.pseudonym
                where project_id = ops.current_project() and tag = {standIns.TagOf(kind, value)}
                returning stand_in
            )
            select distinct stand_in from gone order by stand_in
            """,
            row => row.GetString(0),
            cancellationToken);

    // A box opens for its value alone: one that was put into another row does not.
    private static Guid OwnerOf(byte[] tag) => new(tag.AsSpan(0, 16));
}
