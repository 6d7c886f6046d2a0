using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Telemetry;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

public sealed class ProjectStatementsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private ProjectStatements _statements = null!;
    private string _connectionString = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _connectionString = postgres.ConnectionStringOf(typeof(AiStack.Serving.ServingTelemetry).Assembly);
        _statements = Over(_connectionString);
        return default;
    }

    public ValueTask DisposeAsync() => _statements.DisposeAsync();

    [Fact]
    public async Task Statements_of_many_projects_that_come_together_see_their_own_rows_alone()
    {
        var projects = Enumerable.Range(0, 8).Select(_ => Id<Project>.New()).ToList();
        await Task.WhenAll(projects.Select(project => _statements.ExecuteTogetherAsync(project, Insert(project, "k"))));

        var asked = Enumerable.Range(0, 400).Select(number => projects[number % projects.Count]).ToList();
        var seen = await Task.WhenAll(asked.Select(project => _statements.ListTogetherAsync(
            project, $"select project_id from serving.begun", row => row.GetGuid(0), isDurable: false)));

        Assert.All(asked.Zip(seen), pair => Assert.Equal([pair.First.Value], pair.Second));
    }

    [Fact]
    public async Task What_has_a_result_and_what_has_none_share_a_group_in_any_order()
    {
        var project = Id<Project>.New();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            if (number % 3 == 0)
            {
                await _statements.ExecuteTogetherAsync(project, Insert(project, $"key {number}"));
            }
            else
            {
                Assert.Equal([number], await _statements.ListTogetherAsync(
                    project, $"select {number}", row => row.GetInt32(0), isDurable: true));
            }
        }));

        Assert.Equal([67L], await CountAsync(project));
    }

    [Fact]
    public async Task One_that_fails_fails_alone()
    {
        var (project, stranger) = (Id<Project>.New(), Id<Project>.New());
        var good = Enumerable.Range(0, 60)
            .Select(number => _statements.ExecuteTogetherAsync(project, Insert(project, $"key {number}"))).ToList();
        var bad = Enumerable.Range(0, 5)
            .Select(_ => _statements.ExecuteTogetherAsync(project, Insert(stranger, "stolen"))).ToList();

        await Task.WhenAll(good);
        foreach (var each in bad)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => each);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.Equal([60L], await CountAsync(project));
    }

    [Fact]
    public async Task Nothing_of_one_project_is_left_on_the_connection_for_the_next()
    {
        await using var single = Over(new NpgsqlConnectionStringBuilder(_connectionString)
        {
            MaxPoolSize = 1, NoResetOnClose = true,
        }.ConnectionString);
        var project = Id<Project>.New();
        await single.ExecuteAsync(project, Insert(project, "k"));
        Assert.Equal([1L], await CountAsync(project));

        Assert.Equal([0L], await single.ListAsync(
            Id<Project>.New(), $"select count(*) from serving.begun", row => row.GetInt64(0)));
    }

    [Fact]
    public async Task What_was_told_to_have_failed_while_it_waited_is_not_run_later()
    {
        await using var door = new FreezingDoor(_connectionString);
        await using var behind = Over(door.ConnectionString);
        var project = Id<Project>.New();
        await behind.ExecuteTogetherAsync(project, Insert(project, "before"));
        door.Freeze();

        var waiting = Enumerable.Range(0, 100)
            .Select(number => behind.ExecuteTogetherAsync(project, Insert(project, $"key {number}"))).ToList();
        foreach (var each in waiting)
        {
            await Assert.ThrowsAsync<NpgsqlException>(() => each);
        }

        door.Thaw();
        await Eventually.ReadAsync(
            async () =>
            {
                try
                {
                    await behind.ExecuteTogetherAsync(project, Insert(project, "after"));
                    return true;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            isThere => isThere);

        // Two groups were on their way when the door froze: those may have come through.
        Assert.InRange((await CountAsync(project))[0], 2, 2 + (2 * 32));
    }

    [Fact]
    public async Task Each_has_a_span_of_its_own_below_what_it_is_a_part_of()
    {
        List<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StatementSpans.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => { lock (ended) { ended.Add(span); } },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded };
        request.Start();
        var project = Id<Project>.New();

        await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(number => _statements.ExecuteTogetherAsync(project, Insert(project, $"key {number}"))));

        var own = ended.Where(span => span.TraceId == request.TraceId).ToList();
        Assert.Equal(3, own.Count);
        Assert.All(own, span => Assert.Equal(
            ("insert serving.begun", request.SpanId), (span.DisplayName, span.ParentSpanId)));
    }

    private static ProjectStatements Over(string connectionString) => new(NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            NoResetOnClose = true, CommandTimeout = (int)StatementLimits.Request.TotalSeconds,
        }.ConnectionString));

    private Task<List<long>> CountAsync(Id<Project> project) => _statements.ListAsync(
        project, $"select count(*) from serving.begun", row => row.GetInt64(0));

    private static Sql Insert(Id<Project> project, string model) =>
        $"""
        insert into serving.begun (
            id, project_id, process_id, api, model, engine, question_sha256, vector_store_ids, created_at)
        values (
            {Guid.CreateVersion7()}, {project}, {Guid.CreateVersion7()}, 'responses', {model}, 'openai', '',
            array[]::text[], now())
        """;
}
