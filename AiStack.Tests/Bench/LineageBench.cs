using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest;
using AiStack.Ingest.Lineage;
using AiStack.Tests.Fixtures;
using Npgsql;
using NpgsqlTypes;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>How long a question about lineage takes, with few events and with a million.</summary>
public sealed class LineageBench(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int AnswersPerFile = 40;
    private const int FilesPerAnswer = 5;
    private const int Questions = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Questions_about_a_million_events()
    {
        await using var ingest = new ServiceFactory<IngestTelemetry>(postgres, ("Ingest:Ocr:Engine", "off"));
        var few = await MeasureAsync(ingest, 10_000);
        var many = await MeasureAsync(ingest, 1_000_000);

        BenchReport.Write("26-lineage", $"""
            ## Lineage

            Events of answers, each made from {FilesPerAnswer} files; each file is in {AnswersPerFile * FilesPerAnswer}
            answers, by way of its text and a store. Ingest in the process of the benchmark, PostgreSQL beside it,
            {Questions} questions of each kind, one after another, about things that no question was about before.
            p50 and, in brackets, p99.

            | events | edges | where from | what became of a file | its answers, a page | a run's events |
            | ---: | ---: | ---: | ---: | ---: | ---: |
            | 10,000 | {few} |
            | 1,000,000 | {many} |
            """);
    }

    private async Task<string> MeasureAsync(ServiceFactory<IngestTelemetry> ingest, int answers)
    {
        var filled = new Filled(PostgresFixture.NewProject(), answers);
        await filled.FillAsync(postgres.ConnectionString);
        using var client = ingest.CreateClient(filled.Project);
        var up = await TimesAsync(client, n => $"lineage?node={Node(filled.Answers[n].Name)}&direction=upstream");
        var down = await TimesAsync(client, n => $"lineage?node={Node(filled.Files[n].Name)}&direction=downstream");
        var used = await TimesAsync(client, n => $"lineage/files/{filled.Files[n].Name[6..]}/answers");
        var run = await TimesAsync(client, n => $"lineage/events?run={filled.Answers[n].Id}");
        return string.Join(" | ", new[]
        {
            filled.Edges.Count.ToString("N0", CultureInfo.InvariantCulture), up, down, used, run,
        });

        string Node(string name) => Uri.EscapeDataString($"{LineageNames.Namespace(filled.Project)}:{name}");

        async Task<string> TimesAsync(HttpClient asking, Func<int, string> path)
        {
            var step = Math.Min(filled.Files.Count, filled.Answers.Count) / (Questions + 1);
            var times = new List<TimeSpan>();
            for (var n = 0; n <= Questions; n++)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await asking.GetAsync($"/api/{path(n * step)}", Token);
                var said = await response.Content.ReadAsStringAsync(Token);
                times.Add(Stopwatch.GetElapsedTime(started));
                Assert.True(response.IsSuccessStatusCode, said);
            }

            var latencies = new Latencies(times.Skip(1)); // The first compiles.
            return string.Create(CultureInfo.InvariantCulture, $"{latencies.P50:F1} ms ({latencies.P99:F1})");
        }
    }

    /// <summary>What a project has done, in rows as the services write them.</summary>
    private sealed class Filled
    {
        public Filled(Id<Project> project, int answers)
        {
            Project = project;
            var store = Id<VectorStore>.New();
            var indexed = new List<Named>();
            for (var n = 0; n < answers / AnswersPerFile; n++)
            {
                var (file, revision) = (Id<StoredFile>.New(), Id<Revision>.New());
                Files.Add(New(LineageNames.File(file)));
                var text = New(LineageNames.Revision(revision));
                indexed.Add(New(LineageNames.Indexed(store, revision)));
                Edges.Add((Files[n].Node, text.Node, Guid.CreateVersion7()));
                Edges.Add((text.Node, indexed[n].Node, Guid.CreateVersion7()));
            }

            for (var n = 0; n < answers; n++)
            {
                var answer = Guid.CreateVersion7();
                Answers.Add(New(LineageNames.Answer("responses", answer), answer));
                for (var used = 0; used < FilesPerAnswer; used++)
                {
                    var file = (int)(((long)n * 7919 + used * 104_729L) % Files.Count);
                    Edges.Add((indexed[file].Node, Answers[n].Node, answer));
                    Uses.Add((Id<StoredFile>.Parse(Files[file].Name[6..]).Value, answer));
                }
            }

            Named New(string name, Guid id = default)
            {
                var named = new Named(
                    LineageNames.NodeId(project, LineageNames.Namespace(project), name), name, id);
                Nodes.Add(named);
                return named;
            }
        }

        public Id<Project> Project { get; }

        public List<Named> Files { get; } = [];

        public List<Named> Answers { get; } = [];

        public List<(Guid Source, Guid Target, Guid Run)> Edges { get; } = [];

        private HashSet<(Guid File, Guid Answer)> Uses { get; } = [];

        private List<Named> Nodes { get; } = [];

        public async Task FillAsync(string connectionString)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Token);
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var names = LineageNames.Namespace(Project);
            await CopyAsync(
                connection, "file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)",
                Files,
                file =>
                [
                    Id<StoredFile>.Parse(file.Name[6..]).Value, Project.Value, "a.txt", "assistants", "text/plain",
                    new byte[32], 1L, at,
                ]);
            await CopyAsync(
                connection, "lineage_node (id, project_id, namespace, name, is_standing, first_at, made_at)", Nodes,
                node => [node.Node, Project.Value, names, node.Name, node.Id == default, at, at]);
            await CopyAsync(
                connection, "lineage_edge (project_id, source_id, target_id, run_id, job_namespace, job_name, at)",
                Edges.Distinct(), edge => [Project.Value, edge.Source, edge.Target, edge.Run, names, "job", at]);
            await CopyAsync(
                connection, "lineage_answer_file (project_id, file_id, answer_id, is_cited)", Uses,
                use => [Project.Value, use.File, use.Answer, true]);
            await CopyAsync(
                connection,
                "lineage_event "
                + "(id, project_id, event_time, event_type, run_id, job_namespace, job_name, is_own, event)",
                Answers,
                answer =>
                [
                    answer.Id, Project.Value, at, "COMPLETE", answer.Id, names, "serving.answer", true,
                    JsonSerializer.Serialize(new
                    {
                        eventType = "COMPLETE", run = new { runId = answer.Id }, job = new { name = "serving.answer" },
                    }),
                ]);
            await using var analyze = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 600 };
            await analyze.ExecuteNonQueryAsync(Token);
        }

        private static async Task CopyAsync<T>(
            NpgsqlConnection connection, string into, IEnumerable<T> rows, Func<T, object[]> values)
        {
            await using var writer = await connection.BeginBinaryImportAsync(
                $"copy ingest.{into} from stdin (format binary)", Token);
            writer.Timeout = TimeSpan.FromMinutes(10);
            foreach (var row in rows)
            {
                await writer.StartRowAsync(Token);
                foreach (var value in values(row))
                {
                    await (value is string text && text.StartsWith('{')
                        ? writer.WriteAsync(text, NpgsqlDbType.Jsonb, Token)
                        : writer.WriteAsync(value, Token));
                }
            }

            await writer.CompleteAsync(Token);
        }
    }

    /// <param name="Id">An answer's own.</param>
    private sealed record Named(Guid Node, string Name, Guid Id);
}
