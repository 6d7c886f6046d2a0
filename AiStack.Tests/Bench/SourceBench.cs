using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Folder;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>What a run of a folder costs, and one with nothing to do.</summary>
public sealed class SourceBench(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_folder_that_is_in_step()
    {
        var took = await MeasureAsync(10_000);
        var listed = await ListAsync(100_000);

        BenchReport.Write("25-sources", $"""
            ## A folder as a source

            Text files of 100 bytes, a hundred to a folder; Ingest in the process of the benchmark, without Retrieval:
            what is measured is the run, from its request to its end, and not the indexing of its files. `find` lists
            the same files with their times and sizes, from the same warm cache. Memory is what the process grew by,
            at most.

            | files | first run | run with nothing to do | of the first | `find` | memory |
            | --- | --- | --- | --- | --- | --- |
            | 10,000 | {Row(took)} |

            To list 100,000 took {listed.Seconds:F1} s, and {listed.MiB} MiB of memory.
            """);
    }

    /// <summary>Lists a folder as a run does.</summary>
    private static async Task<(double Seconds, long MiB)> ListAsync(int files)
    {
        var folder = await FillAsync(files);
        try
        {
            var connector = new FolderConnector(folder.FullName, new() { Path = folder.FullName });
            var discovery = new Discovery(null, (_, _) => ValueTask.FromResult<KnownItem?>(null));
            var (started, before, most, count) = (Stopwatch.GetTimestamp(), GC.GetTotalMemory(true), 0L, 0);
            await foreach (var _ in connector.DiscoverAsync(discovery, Token))
            {
                most = ++count % 10_000 == 0 ? Math.Max(most, GC.GetTotalMemory(true) - before) : most;
            }

            Assert.Equal(files, count);
            return (Stopwatch.GetElapsedTime(started).TotalSeconds, most >> 20);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Row(Measured took) => string.Create(
        CultureInfo.InvariantCulture,
        $"{took.First:F1} s | {took.Again:F2} s | {took.Again / took.First:P1} | {took.Find:F2} s | {took.MiB} MiB");

    private async Task<Measured> MeasureAsync(int files)
    {
        var folder = await FillAsync(files);
        try
        {
            return await MeasureAsync(folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<DirectoryInfo> FillAsync(int files)
    {
        var folder = Directory.CreateTempSubdirectory("aistack-source-bench-");
        for (var n = 0; n < files; n++)
        {
            var under = folder.CreateSubdirectory($"{n / 100}");
            await File.WriteAllTextAsync(Path.Combine(under.FullName, $"{n}.txt"), $"{n} {new string('x', 90)}", Token);
        }

        return folder;
    }

    private async Task<Measured> MeasureAsync(DirectoryInfo folder)
    {
        await using var ingest = new ServiceFactory<IngestTelemetry>(
            postgres, ("Ingest:Sources:Folders:0", folder.FullName), ("Ingest:Sources:MaxWaitingFiles", "100000"),
            ("Ingest:Ocr:Engine", "off"), ("Work:Poll", "00:00:00.1"));
        var project = PostgresFixture.NewProject();
        using var client = ingest.CreateClient(project);
        var source = await SendAsync(client, "/api/sources", new
        {
            name = "bench", kind = "folder", settings = new { path = folder.FullName, watch = false },
            vector_store_id = await AddStoreAsync(project),
        });
        var runs = $"/api/sources/{source.GetProperty("id").GetString()}/runs";
        var before = Environment.WorkingSet;
        var (first, grown) = await RunAsync(client, runs, before);
        var (again, _) = await RunAsync(client, runs, before);
        return new(first, again, await FindAsync(folder), grown);
    }

    private static async Task<(double Seconds, long Grown)> RunAsync(HttpClient client, string runs, long before)
    {
        var started = Stopwatch.GetTimestamp();
        var id = (await SendAsync(client, runs, new { })).GetProperty("id").GetString();
        var most = 0L;
        while (true)
        {
            var run = await client.GetFromJsonAsync<JsonElement>($"{runs}/{id}", Token);
            most = Math.Max(most, Environment.WorkingSet - before);
            if (run.GetProperty("status").GetString() is { } status and not "running")
            {
                Assert.True(status == "completed", run.ToString());
                return (Stopwatch.GetElapsedTime(started).TotalSeconds, most);
            }

            await Task.Delay(50, Token);
        }
    }

    private static async Task<double> FindAsync(DirectoryInfo folder)
    {
        var started = Stopwatch.GetTimestamp();
        using var find = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"find '{folder.FullName}' -type f -printf '%p %T@ %s\\n' >/dev/null"]))!;
        await find.WaitForExitAsync(Token);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task<Id<VectorStore>> AddStoreAsync(Id<Project> project)
    {
        var store = Id<VectorStore>.New();
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync(Token);
        await using var insert = new NpgsqlCommand(
            "insert into retrieval.vector_store (id, project_id, name, created_at, last_active_at) "
            + "values ($1, $2, 'bench', now(), now())", connection);
        insert.Parameters.Add(new() { Value = store.Value });
        insert.Parameters.Add(new() { Value = project.Value });
        await insert.ExecuteNonQueryAsync(Token);
        return store;
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Token);
        var read = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(response.IsSuccessStatusCode, read.ToString());
        return read;
    }

    private sealed record Measured(double First, double Again, double Find, long Grown)
    {
        public long MiB => Grown >> 20;
    }
}
