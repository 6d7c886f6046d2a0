using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Retrieval;
using AiStack.Tests.Retrieval.Versions;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// What a snapshot and a rollback take, beside a plain <c>insert ... select</c> of the same rows: that is what Postgres
/// takes for them anyway.
/// </summary>
public sealed class VersionsBench
{
    private const int Files = 1_000;
    private const int ChunksPerFile = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_snapshot_and_a_rollback_of_100_000_chunks()
    {
        await using var fixture = new RetrievalFixture();
        await fixture.InitializeAsync();
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync();
        var id = Id<VectorStore>.Parse(store, null);
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Token);
        await FillAsync(connection, caller.Project, id);
        var rows = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            var plain = await TakesAsync(() => CopyAsync(connection, id));
            string snapshot = "", kept = "";
            var made = await TakesAsync(async () => snapshot = await caller.SnapshotAsync(store));
            var same = await TakesAsync(() => caller.RollBackAsync(store, snapshot));
            await connection.ExecuteAsync(
                $"""
                update retrieval.store_file
                set removed_at = now(), version = version + 1
                where vector_store_id = {id}
                """, Token, StatementLimits.Background);
            await connection.ExecuteAsync(
                $"delete from retrieval.entry where vector_store_id = {id}", Token, StatementLimits.Background);
            var back = await TakesAsync(async () =>
                kept = (await caller.RollBackAsync(store, snapshot)).GetProperty("kept_as").GetString()!);
            rows.Add($"| {plain:F1} s | {made:F1} s | {made / plain:F1} | {same:F1} s | {same / plain:F1} "
                + $"| {back:F1} s | {back / plain:F1} | {MachineLoad.LastMinute:F0} |");
            Assert.Equal(Files, (await caller.GetAsync($"/v1/vector_stores/{store}"))
                .GetProperty("file_counts").GetProperty("completed").GetInt32());
            Assert.NotEqual(snapshot, kept);
        }

        BenchReport.Write("37-versions", $"""
            ## Versions of stores

            A store of {Files:N0} files with {ChunksPerFile} chunks each, vectors of 512 dimensions and those of three
            sentences. Plain: `insert ... select` of the rows of their chunks alone, in one transaction, into a table
            with the same key. A rollback keeps what is there as a snapshot first: when nothing changed that is nearly
            all it does, and when all files were removed it puts all rows back. Times as a ratio to plain stand beside
            each. Load: runnable threads of the machine, mean of a minute, other programs' included.

            | plain | snapshot | ratio | rollback, all the same | ratio | rollback, all removed | ratio | load |
            | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    private static async Task<double> TakesAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, Id<VectorStore> store)
    {
        await connection.ExecuteAsync($"drop table if exists public.plain", Token);
        await connection.ExecuteAsync(
            $"create table public.plain (like retrieval.entry including defaults including indexes)", Token);
        await connection.ExecuteAsync(
            $"insert into public.plain select * from retrieval.entry where vector_store_id = {store}", Token,
            StatementLimits.Background);
    }

    private static async Task FillAsync(NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store)
    {
        await connection.ExecuteAsync(
            $"""
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            select gen_random_uuid(), {project}, n || '.txt', 'assistants', 'text/plain', sha256(n::text::bytea), 1,
                   now()
            from generate_series(1, {Files}) n
            """, Token, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.store_file (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, usage_bytes, embedder,
                revision_id, created_at, version)
            select {store}, id, project_id, 'completed', 300, 40, 1, 'builtin-1', gen_random_uuid(), now(), 1
            from ingest.file
            where project_id = {project}
            """, Token, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.entry (
                vector_store_id, file_id, ordinal, project_id, chunk_id, vector, scale, terms, term_count,
                sentence_vectors)
            select {store}, f.id, n, {project}, gen_random_uuid(), v.bytes, 0.001, substr(v.bytes, 1, 400), 50,
                   v.bytes || v.bytes || v.bytes
            from ingest.file f
            cross join generate_series(1, {ChunksPerFile}) n
            cross join lateral (
                select decode(string_agg(md5(f.id::text || n || k), ''), 'hex') as bytes
                from generate_series(1, 32) k) v
            where f.project_id = {project}
            """, Token, StatementLimits.Background);
    }
}
