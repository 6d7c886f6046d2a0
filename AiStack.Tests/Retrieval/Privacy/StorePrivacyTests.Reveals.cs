using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Quality;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Privacy;

/// <summary>Stand-ins are taken back by those who may, and what they did is kept.</summary>
public sealed partial class StorePrivacyTests
{
    private const string Reveals = Scopes.PrivacyReveal;

    [Fact]
    public async Task Who_may_reveals_a_text_with_a_reason_and_is_named_in_the_list_without_the_values()
    {
        var caller = await LetterAsync();
        var name = StandIn(caller, "person", "Marta Kowalska");
        using var revealer = RevealerFor(caller.Project, "user:ann");

        var (status, said) = await RevealAsync(
            revealer, new { text = $"Ask {name} or PERSON_B2B2B2.", reason = "She called." });
        var revealed = JsonElement.Parse(said);
        var listed = await caller.GetAsync("/api/pseudonyms/reveals");
        var row = listed.GetProperty("data")[0];

        Assert.Equal(200, status);
        Assert.Equal("Ask Marta Kowalska or PERSON_B2B2B2.", revealed.GetProperty("text").GetString());
        Assert.Equal(
            (name, "person", "Marta Kowalska"),
            (revealed.GetProperty("data")[0].GetProperty("stand_in").GetString(),
                revealed.GetProperty("data")[0].GetProperty("kind").GetString(),
                revealed.GetProperty("data")[0].GetProperty("values")[0].GetString()));
        Assert.Equal(
            (revealed.GetProperty("id").GetString(), "She called.", "user:ann", 2, name),
            (row.GetProperty("id").GetString(), row.GetProperty("reason").GetString(),
                row.GetProperty("principals")[0].GetString(), row.GetProperty("asked").GetInt32(),
                Assert.Single(row.GetProperty("stand_ins").EnumerateArray()).GetString()));
        Assert.StartsWith("key_", row.GetProperty("key_id").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Kowalska", listed.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reveals_are_listed_newest_first_in_pages()
    {
        var caller = await LetterAsync();
        foreach (var reason in new[] { "first", "second", "third" })
        {
            await RevealAsync(caller, "PERSON_B2B2B2", reason);
        }

        var page = await caller.GetAsync("/api/pseudonyms/reveals?limit=2");
        var next = await caller.GetAsync($"/api/pseudonyms/reveals?after={page.GetProperty("last_id").GetString()}");

        Assert.Equal(["third", "second"], Reasons(page));
        Assert.Equal(["first"], Reasons(next));

        static IEnumerable<string?> Reasons(JsonElement page) =>
            page.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Only_the_scope_reveals_not_even_an_admin_and_never_what_another_project_has()
    {
        var caller = await LetterAsync();
        var name = StandIn(caller, "person", "Marta Kowalska");
        var asked = new { stand_ins = new[] { name }, reason = "why" };
        string[] others = [.. Scopes.All.Where(scope => scope != Reveals)];
        using var all = fixture.Retrieval.CreateClient(caller.Project, others);
        using var stranger = fixture.Retrieval.CreateClient(PostgresFixture.NewProject(), Reveals);
        using var revealer = fixture.Retrieval.CreateClient(caller.Project, Reveals);

        Assert.Equal(403, (await RevealAsync(all, asked)).Status);
        Assert.Equal(403, (await RevealAsync(caller.Retrieval, asked)).Status);
        var (status, said) = await RevealAsync(stranger, asked);
        Assert.Equal(200, status);
        Assert.Equal(name, JsonElement.Parse(said).GetProperty("unknown")[0].GetString());
        Assert.DoesNotContain("Kowalska", said, StringComparison.Ordinal);
        using var list = await revealer.GetAsync(new Uri("/api/pseudonyms/reveals", UriKind.Relative), Cancellation);
        Assert.Equal(403, (int)list.StatusCode);
        Assert.Empty((await caller.GetAsync("/api/pseudonyms/reveals")).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"text":"x"}""", "reason")]
    [InlineData("""{"text":"x","reason":"  "}""", "reason")]
    [InlineData("""{"reason":"why"}""", "text")]
    [InlineData("""{"text":"x","stand_ins":["K7"],"reason":"why"}""", "text")]
    [InlineData("""{"stand_ins":[],"reason":"why"}""", "stand_ins")]
    [InlineData("""{"stand_ins":[null],"reason":"why"}""", "stand_ins")]
    public async Task What_cannot_be_asked_names_the_field_and_leaves_no_row(string request, string field)
    {
        var caller = fixture.NewCaller();
        using var revealer = fixture.Retrieval.CreateClient(caller.Project, Reveals);

        var (status, said) = await RevealAsync(revealer, JsonElement.Parse(request));

        Assert.Equal(400, status);
        Assert.Contains(
            $"'{field}'", JsonElement.Parse(said).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await caller.GetAsync("/api/pseudonyms/reveals")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task The_row_is_there_when_the_answer_is_lost_and_without_a_row_there_is_no_answer()
    {
        var caller = await LetterAsync();
        var request = new RevealPseudonyms.Request(
            StandIns: [StandIn(caller, "person", "Marta Kowalska")], Reason: "lost");
        var services = fixture.Retrieval.Services;
        var key = new Caller(
            Id<Organisation>.New(), caller.Project, Id<ApiKey>.New(), new HashSet<string> { Reveals });

        // Nobody sends what it returns.
        await RevealPseudonyms.RunAsync(
            request, key, services.GetRequiredService<NpgsqlDataSource>(),
            services.GetRequiredService<PseudonymRows>(), TimeProvider.System, Cancellation);
        Assert.Equal(
            "lost",
            Assert.Single((await caller.GetAsync("/api/pseudonyms/reveals")).GetProperty("data").EnumerateArray())
                .GetProperty("reason").GetString());

        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var refuse = owner.CreateCommand(
            "alter table retrieval.reveal add constraint refused check (reason <> 'full disk')");
        await refuse.ExecuteNonQueryAsync(Cancellation);
        using var revealer = fixture.Retrieval.CreateClient(caller.Project, Reveals);
        var (status, said) = await RevealAsync(revealer, request with { Reason = "full disk" });

        Assert.Equal(500, status);
        Assert.DoesNotContain("Kowalska", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_a_reveal_is_never_changed()
    {
        var caller = await LetterAsync();
        await RevealAsync(caller, "PERSON_B2B2B2", "why");
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);

        foreach (var change in new[] { "update retrieval.reveal set reason = 'x'", "delete from retrieval.reveal" })
        {
            await using var command = owner.CreateCommand(change);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation));
            Assert.Contains("only added to", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_short_stand_in_of_two_values_gives_both_and_stays_in_a_text()
    {
        var caller = fixture.NewCaller();
        // Codes of two letters: there are 144 of them.
        var alike = Enumerable.Range(0, 26 * 26).Select(i => $"{(char)('A' + (i / 26))}{(char)('a' + (i % 26))}")
            .GroupBy(value => StandIn(caller, "person", value)).First(same => same.Count() == 2);
        var store = await StoreAsync(caller, await caller.UploadAsync("note.txt", Note));
        var file = (await caller.GetAsync($"/v1/vector_stores/{store}/files"))
            .GetProperty("data")[0].GetProperty("id").GetString()!;
        var standIns = Keys.Of(caller.Project);
        await using (var connection = await fixture.Retrieval.Services.GetRequiredService<NpgsqlDataSource>()
            .OpenForAsync(caller.Project, Cancellation))
        {
            await fixture.Retrieval.Services.GetRequiredService<PseudonymRows>().WriteAsync(
                connection, caller.Project, Id<VectorStore>.Parse(store, null),
                new Dictionary<Id<StoredFile>, IReadOnlyCollection<StandIn>>
                {
                    [Id<StoredFile>.Parse(file, null)] = [.. alike.Select(value => standIns.Of("person", value))],
                },
                Cancellation);
        }

        using var revealer = fixture.Retrieval.CreateClient(caller.Project, Reveals);
        var (_, said) = await RevealAsync(revealer, new { text = $"By {alike.Key}.", reason = "why" });

        Assert.Equal($"By {alike.Key}.", JsonElement.Parse(said).GetProperty("text").GetString());
        Assert.Equal(alike.Order(), (await RevealAsync(caller, alike.Key)).Order());
    }

    [Fact]
    public async Task What_was_read_by_a_policy_that_changed_meanwhile_is_not_stored_and_comes_again()
    {
        var caller = fixture.NewCaller();
        var made = await caller.PostAsync("/v1/vector_stores", new { name = "a store" });
        var store = Id<VectorStore>.Parse(made.GetProperty("id").GetString()!, null);
        var file = new FileProcessed(store, Id<StoredFile>.New(), Id<Revision>.New(), Failure: null);
        var read = new IndexedRevision(file, new JudgedRun("{}", QualityPolicy.None), []) { Privacy = "{}" };
        await using var connection = await fixture.Retrieval.Services.GetRequiredService<NpgsqlDataSource>()
            .OpenForAsync(caller.Project, Cancellation);
        // Nobody takes what is queued here: it is rolled back.
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);

        var before = await CoveredFile.AsThePolicyIsAsync(connection, caller.Project, store, [read], Cancellation);
        await using (var set = new NpgsqlCommand(
            "update retrieval.vector_store set privacy = '{\"default\": \"mask\", \"kinds\": {}}' where id = $1",
            connection))
        {
            set.Parameters.AddWithValue(store.Value);
            await set.ExecuteNonQueryAsync(Cancellation);
        }

        var after = await CoveredFile.AsThePolicyIsAsync(connection, caller.Project, store, [read], Cancellation);
        await using var queued = new NpgsqlCommand(
            "select count(*) from ops.work_item where payload ->> 'fileId' = $1", connection);
        queued.Parameters.AddWithValue(file.FileId.ToString());

        Assert.Single(before);
        Assert.Empty(after);
        Assert.Equal(1L, await queued.ExecuteScalarAsync(Cancellation));
    }

    /// <summary>A project with a letter in a store that gives stand-ins, all of it indexed.</summary>
    private async Task<StoreCaller> LetterAsync()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller, await caller.UploadAsync("letter.txt", Letter));
        await SetAsync(caller, store, _everything);
        await Eventually.TrueAsync(async () => await KeptAsync(store) == 1, Cancellation);
        return caller;
    }

    private HttpClient RevealerFor(Id<Project> project, string principal) => fixture.Retrieval.CreateClient(
        new Caller(Id<Organisation>.New(), project, Id<ApiKey>.New(), new HashSet<string> { Reveals })
        {
            Principals = new HashSet<string> { principal },
        });

    private async Task<List<string>> RevealAsync(StoreCaller caller, string standIn, string reason = "why")
    {
        using var revealer = fixture.Retrieval.CreateClient(caller.Project, Reveals);
        var (status, said) = await RevealAsync(revealer, new { stand_ins = new[] { standIn }, reason });
        Assert.True(status == 200, said);
        return
        [
            .. JsonElement.Parse(said).GetProperty("data").EnumerateArray()
                .SelectMany(each => each.GetProperty("values").EnumerateArray()).Select(value => value.GetString()!),
        ];
    }

    private static async Task<(int Status, string Said)> RevealAsync(HttpClient client, object request)
    {
        using var response = await client.PostAsJsonAsync(
            "/api/pseudonyms/reveal", request, AiStack.ServiceDefaults.JsonDefaults.Options, Cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
