using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Privacy;

/// <summary>A store masks or blocks the personal details of its documents.</summary>
public sealed partial class StorePrivacyTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Note =
        "Ask Marta Kowalska, marta@example.com, about bicycles. Bicycles are serviced in April.";
    private const string Paid = "The bicycle was paid with the card 4111 1111 1111 1111.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_masked_is_in_nothing_that_the_store_gives_from_then_on()
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("note.txt", Note);
        var store = await StoreAsync(caller, file);

        await SetAsync(caller, store, new { kinds = new { email = "mask", person = "mask" } });
        var passage = Text(Assert.Single(await caller.SearchAsync(store, new { query = "bicycles" })));
        var chunk = (await caller.GetAsync($"/api/vector_stores/{store}/files/{file}/chunks"))
            .GetProperty("data")[0].GetProperty("text").GetString()!;
        var content = (await caller.GetAsync($"/v1/vector_stores/{store}/files/{file}/content"))
            .GetProperty("data")[0].GetProperty("text").GetString()!;

        Assert.Equal("Ask [PERSON]      , [EMAIL]          , about bicycles. Bicycles are serviced in April.", passage);
        Assert.Equal(Note.Length, passage.Length);
        Assert.Equal((passage, passage), (chunk, content));
    }

    [Fact]
    public async Task Nothing_is_found_by_what_is_masked()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller, await caller.UploadAsync("note.txt", Note));
        var before = await TermsAsync(store);

        await SetAsync(caller, store, new { @default = "mask" });
        await Eventually.TrueAsync(async () => await TermsAsync(store) != before, Cancellation);

        // Of its terms those of the name and the address are gone; others stand for the kinds.
        var masked = await StoreAsync(
            caller, await caller.UploadAsync("note.txt", Note.Replace("Marta Kowalska", "[PERSON]").Replace(
                "marta@example.com", "[EMAIL]")));
        Assert.Equal(await TermsAsync(masked), await TermsAsync(store));
    }

    [Fact]
    public async Task A_file_with_what_is_blocked_leaves_and_a_new_one_is_not_taken()
    {
        var caller = fixture.NewCaller();
        var there = await caller.UploadAsync("paid.txt", Paid);
        var store = await StoreAsync(caller, there, await caller.UploadAsync("note.txt", Note));

        await SetAsync(caller, store, new { kinds = new { card = "block" } });
        await FailedAsync(caller, store, 1);
        var late = await caller.UploadAsync("paid too.txt", $"Again: {Paid}");
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = late });
        await FailedAsync(caller, store, 2);

        foreach (var file in new[] { there, late })
        {
            var error = (await caller.GetAsync($"/v1/vector_stores/{store}/files/{file}")).GetProperty("last_error");
            Assert.Equal("invalid_file", error.GetProperty("code").GetString());
            Assert.Contains("card (1)", error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("4111", error.GetRawText(), StringComparison.Ordinal);
        }

        Assert.All(
            await caller.SearchAsync(store, new { query = "bicycle card paid" }),
            passage => Assert.DoesNotContain("4111", passage.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_blocked_comes_back_when_the_policy_lets_it_and_it_is_read_again()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller, await caller.UploadAsync("paid.txt", Paid));
        await SetAsync(caller, store, new { @default = "block" });
        await FailedAsync(caller, store, 1);

        await SetAsync(caller, store, new { @default = "mask" });
        await caller.PostAsync($"/api/vector_stores/{store}/read_again", new { files = "failed" });
        await FailedAsync(caller, store, 0);
        await caller.CompletedAsync(store);

        var passage = Text(Assert.Single(await caller.SearchAsync(store, new { query = "bicycle" })));
        Assert.StartsWith("The bicycle was paid with the card [CARD]", passage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_stores_with_the_same_file_have_each_their_own_way()
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("note.txt", Note);
        var (masked, plain) = (await StoreAsync(caller, file), await StoreAsync(caller, file));

        await SetAsync(caller, masked, new { @default = "mask" });

        Assert.DoesNotContain(
            "marta", Text(Assert.Single(await caller.SearchAsync(masked, new { query = "bicycles" }))),
            StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Note, Text(Assert.Single(await caller.SearchAsync(plain, new { query = "bicycles" }))));
    }

    [Fact]
    public async Task What_a_file_says_of_itself_is_masked_too()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller, await caller.UploadAsync(
            "mail.eml",
            "From: Ada <ada@example.com>\nSubject: Bicycles\nContent-Type: text/plain\n\nBicycles are serviced."));

        await SetAsync(caller, store, new { @default = "mask" });

        var found = Assert.Single(await caller.SearchAsync(store, new { query = "bicycles" }));
        Assert.Contains("[EMAIL]", found.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("ada@example.com", found.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"default":"hide"}""", "default", "must be 'report', 'mask', 'pseudonymise' or 'block'")]
    [InlineData("""{"kinds":{"email":null}}""", "kinds.email", "must be 'report', 'mask', 'pseudonymise' or 'block'")]
    [InlineData("""{"kinds":{"shoe_size":"mask"}}""", "kinds", "no kind that is recognised")]
    public async Task A_policy_that_cannot_be_read_changes_nothing(string policy, string field, string says)
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller);
        await SetAsync(caller, store, new { @default = "mask" });

        using var refused = await caller.Retrieval.PutAsJsonAsync(
            $"/api/vector_stores/{store}/privacy", JsonElement.Parse(policy), Cancellation);
        var said = await refused.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(field, said, StringComparison.Ordinal);
        Assert.Contains(says, JsonElement.Parse(said).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            """{"default":"mask","kinds":{}}""",
            (await caller.GetAsync($"/api/vector_stores/{store}/privacy")).GetRawText());
    }

    [Fact]
    public async Task Only_an_admin_sets_it_and_another_projects_store_is_none()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller);
        using var writer = fixture.Retrieval.CreateClient(caller.Project, Scopes.VectorStoresWrite);
        using var other = fixture.Retrieval.CreateClient(PostgresFixture.NewProject());

        foreach (var (client, status) in new[]
        {
            (writer, HttpStatusCode.Forbidden), (other, HttpStatusCode.NotFound),
        })
        {
            using var refused = await client.PutAsJsonAsync(
                $"/api/vector_stores/{store}/privacy", new { @default = "mask" }, Cancellation);
            Assert.Equal(status, refused.StatusCode);
        }
    }

    private static string Text(JsonElement found) => found.GetProperty("content")[0].GetProperty("text").GetString()!;

    private static async Task<string> StoreAsync(StoreCaller caller, params string[] files)
    {
        var made = await caller.PostAsync("/v1/vector_stores", new { name = "a store", file_ids = files });
        var store = made.GetProperty("id").GetString()!;
        await caller.CompletedAsync(store);
        return store;
    }

    private static async Task SetAsync(StoreCaller caller, string store, object policy)
    {
        using var set = await caller.Retrieval.PutAsJsonAsync(
            $"/api/vector_stores/{store}/privacy", policy, Cancellation);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync(Cancellation));
    }

    private static Task<JsonElement> FailedAsync(StoreCaller caller, string store, int count) => Eventually.ReadAsync(
        () => caller.GetAsync($"/v1/vector_stores/{store}"),
        found => found.GetProperty("file_counts").GetProperty("failed").GetInt32() == count);

    /// <summary>The terms by which the words of a store's only chunk are found.</summary>
    private async Task<string> TermsAsync(string store)
    {
        await using var database = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var command = database.CreateCommand(
            "select encode(terms, 'hex') from retrieval.entry where vector_store_id = $1");
        command.Parameters.AddWithValue(Id<VectorStore>.Parse(store, null).Value);
        return (string)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
