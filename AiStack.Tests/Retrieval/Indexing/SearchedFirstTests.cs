using AiStack.Contracts;
using AiStack.Retrieval;
using AiStack.Retrieval.Indexing;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Indexing;

/// <summary>What is searched gets its vectors before what is not, also where that came later.</summary>
public sealed class SearchedFirstTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_is_searched_comes_before_one_that_came_later()
    {
        await using var database = NpgsqlDataSource.Create(
            postgres.ConnectionStringOf(typeof(RetrievalTelemetry).Assembly));
        var (searched, later) = (Id<VectorStore>.New(), Id<VectorStore>.New());
        await EnqueueAsync(database, searched);
        await EnqueueAsync(database, later);
        using var first = new SearchedFirst(database, TimeProvider.System, NullLogger<SearchedFirst>.Instance);
        await first.StartAsync(Cancellation);

        first.Note(searched);

        await Eventually.TrueAsync(async () => await NextAsync(database) == searched, Cancellation);
        await first.StopAsync(Cancellation);
    }

    private static Task EnqueueAsync(NpgsqlDataSource database, Id<VectorStore> store)
    {
        var project = PostgresFixture.NewProject();
        return database.InTransactionAsync(
            project,
            async connection =>
            {
                await WorkQueue.EnqueueAllAsync(
                    connection, project, EmbedFile.Queue,
                    [new EmbedFile(store, Id<StoredFile>.New(), Id<Revision>.New())], Cancellation,
                    turn: WorkTurn.NewestFirst);
                return true;
            },
            Cancellation);
    }

    private static async Task<Id<VectorStore>> NextAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "select payload ->> 'vectorStoreId' from ops.work_item order by available_at limit 1");
        return Id<VectorStore>.Parse((string)(await command.ExecuteScalarAsync(Cancellation))!, null);
    }
}
