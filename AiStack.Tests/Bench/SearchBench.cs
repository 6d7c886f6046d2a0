using System.Globalization;
using AiStack.Retrieval.Embedding;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>Search in stores of two sizes, with the default embedder's query vector in it.</summary>
public sealed class SearchBench
{
    private const int BytesPerFile = 450_000;

    /// <summary>Like real ones: each chunk has its own, and each of its sentences one.</summary>
    private const int SentencesPerChunk = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Search_in_10_000_and_100_000_chunks_by_1_16_and_64_clients()
    {
        var rows = new List<string>();
        await using var stack = await BenchStack.StartAsync();
        foreach (var files in new[] { 8, 80 })
        {
            await MeasureAsync(stack, files, rows);
        }

        BenchReport.Write("30-search", $"""
            ## Search by size of the store

            `POST /v1/vector_stores/{"{id}"}/search` through the Gateway, 7 words a query, 10 results, chunks of at most
            100 tokens in one store. Exact: every vector and every posting of the query's words is looked at. The
            embedder is the default one, whose 384 dimensions the chunks have; to make so many vectors would take hours,
            so the chunks' and sentences' are random ones of the same kind, while each query's is made by the model, in
            the time that is shown. The clients share the machine's cores with the stack. Every search succeeded. Load:
            runnable threads of the machine, mean of a minute, other programs' included. Memory is the most that each
            process had by the end.

            | chunks | clients | searches/s | p50 | p99 | load |
            | ---: | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}

            Aim: p50 under 15 ms for one client at 100,000 chunks.

            {stack.PeakMemory()}
            """);
    }

    private static async Task MeasureAsync(BenchStack stack, int count, List<string> rows)
    {
        var text = new BenchText();
        var files = await stack.UploadAsync(
            [.. Enumerable.Range(0, count).Select(_ => text.Bytes(BytesPerFile))], "txt", parallel: 8);
        var store = await stack.IndexAsync(
            files, new { type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 0 } });
        var chunks = await InventVectorsAsync(stack);
        var queries = Enumerable.Range(0, 200).Select(_ => text.Words(7)).ToArray();
        Task AskAsync(int i) =>
            stack.PostAsync($"/v1/vector_stores/{store}/search", new { query = queries[i % queries.Length] });

        await Load.RunAsync(clients: 2, requests: 100, AskAsync); // Loads the index, and the JIT's turn.
        foreach (var (clients, requests) in new[] { (1, 300), (16, 40), (64, 10), (1, 300), (16, 40), (64, 10) })
        {
            var (latencies, perSecond) = await Load.RunAsync(clients, requests, AskAsync);
            rows.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"| {chunks:N0} | {clients} | {perSecond:F0} | {latencies.P50:F1} ms | {latencies.P99:F1} ms "
                + $"| {MachineLoad.LastMinute:F0} |"));
        }
    }

    /// <summary>Gives a store's chunks vectors, and takes the work of making them; returns how many it has.</summary>
    private static async Task<int> InventVectorsAsync(BenchStack stack)
    {
        await using var database = await stack.Running.DatabaseAsync(Cancellation);
        await RunAsync(database, "delete from ops.work_item where queue = 'retrieval.embed-file'");
        var scale = (float)(1 / Math.Sqrt(ArcticEmbedder.Dimensions * 127 * 127 / 3.0)); // So that lengths are about 1.
        var chunks = await RunAsync(
            database,
            """
            with made as materialized (
                select entry.vector_store_id, entry.file_id, entry.ordinal, (
                    select decode(string_agg(md5(entry.chunk_id::text || part), ''), 'hex')
                    from generate_series(1, $1 / 16) part) as vector
                from retrieval.entry
                where sentence_vectors is null
            )
            update retrieval.entry entry
            set vector = made.vector, scale = $2,
                sentence_vectors = (
                    select string_agg($3 || case when sentence > 0 then made.vector end, ''::bytea)
                    from generate_series(1, $4) sentence)
            from made
            where entry.vector_store_id = made.vector_store_id and entry.file_id = made.file_id
              and entry.ordinal = made.ordinal
            """,
            ArcticEmbedder.Dimensions, scale, BitConverter.GetBytes(scale), SentencesPerChunk);
        await RunAsync(
            database,
            "update retrieval.store_file set is_embedded = true, has_sentences = true where not has_sentences");
        return chunks;
    }

    private static async Task<int> RunAsync(NpgsqlDataSource database, string statement, params object[] values)
    {
        await using var command = database.CreateCommand(statement);
        command.CommandTimeout = 600;
        command.Parameters.AddRange(
            Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return await command.ExecuteNonQueryAsync(Cancellation);
    }
}
