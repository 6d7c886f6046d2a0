using System.Diagnostics;
using AiStack.ServiceDefaults.Telemetry;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>What traces show of statements.</summary>
public sealed class StatementSpansTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("select id from retrieval.vector_store where id = $1", "select retrieval.vector_store")]
    [InlineData("insert into ingest.file (id) values ($1) on conflict do update set id = $1", "insert ingest.file")]
    [InlineData(
        "with next as (select id from ops.work_item for update skip locked) update ops.work_item set x = 1",
        "update ops.work_item")]
    [InlineData("DELETE FROM ops.work_item where id = $1", "delete ops.work_item")]
    [InlineData("select set_config($1, $2, false)", "select")]
    [InlineData("call ops.isolate($1)", "call")]
    [InlineData("", "")]
    public void A_span_is_named_by_what_its_statement_does_and_to_what(string statement, string name) =>
        Assert.Equal(name, StatementSpans.NameOf(statement));

    [Fact]
    public async Task A_statement_is_a_span_as_a_part_of_something_and_none_by_itself()
    {
        var builder = new NpgsqlDataSourceBuilder(postgres.ConnectionString);
        StatementSpans.Configure(builder);
        await using var database = builder.Build();
        using var source = new ActivitySource("AiStack.Tests.StatementSpans");
        var heard = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = one => one.Name is "Npgsql" || one == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.DisplayName.StartsWith("select pg_catalog.pg_am", StringComparison.Ordinal))
                {
                    heard.Add(activity.DisplayName);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        Activity.Current = null;

        await ReadAsync(database);
        Assert.Empty(heard);

        using (source.StartActivity("a request"))
        {
            await ReadAsync(database);
        }

        Assert.Equal(["select pg_catalog.pg_am"], heard);
    }

    // A table that no other test's statements name: all tests of a process hear the same spans.
    private static async Task ReadAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select amname from pg_catalog.pg_am");
        await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
