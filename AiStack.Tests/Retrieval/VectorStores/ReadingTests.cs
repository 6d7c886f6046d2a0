using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.VectorStores;

/// <summary>What a store says of how its files were read, and reading them again.</summary>
public sealed class ReadingTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Mail =
        """
        From: Ada <ada@example.com>
        Subject: Budget for bicycles
        Content-Type: text/plain; charset=utf-8

        The budget for bicycles is 9,000 euro.
        """;

    [Fact]
    public async Task A_file_that_may_be_wrong_is_completed_with_warnings_and_can_be_listed_by_them()
    {
        var caller = fixture.NewCaller();
        var good = await caller.UploadAsync("good.txt", "Bicycles are serviced in April.");
        var bad = await caller.UploadAsync("bad.log", [.. "The pump of "u8, 0xFF, .. "the bicycle broke in May."u8]);
        var store = await AttachAsync(caller, good, bad);

        var listed = await caller.GetAsync($"/v1/vector_stores/{store}/files?filter=warned");
        var found = await caller.GetAsync($"/v1/vector_stores/{store}");

        var warned = Assert.Single(listed.GetProperty("data").EnumerateArray());
        Assert.Equal(bad, warned.GetProperty("id").GetString());
        Assert.Equal("completed", warned.GetProperty("status").GetString());
        Assert.Equal("encoding_guessed", warned.GetProperty("warnings")[0].GetString());
        Assert.Equal(2, found.GetProperty("file_counts").GetProperty("completed").GetInt32());
        Assert.Equal(1, found.GetProperty("readings").GetProperty("warned").GetInt32());
    }

    [Fact]
    public async Task Failed_files_are_read_again_when_they_are_asked_for()
    {
        var caller = fixture.NewCaller();
        var store = await AttachAsync(
            caller, await caller.UploadAsync("program.exe", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 0]));
        Assert.Equal(1, await CountAsync(caller, store, "file_counts", "failed"));

        var answer = await caller.PostAsync($"/api/vector_stores/{store}/read_again", new { files = "failed" });

        Assert.Equal(1, answer.GetProperty("count").GetInt32());
        await Eventually.ReadAsync(
            () => caller.GetAsync($"/v1/vector_stores/{store}"),
            found => found.GetProperty("file_counts").GetProperty("failed").GetInt32() == 1);
    }

    [Fact]
    public async Task Files_that_an_older_parser_read_are_read_again_while_they_are_found_as_they_were()
    {
        var caller = fixture.NewCaller();
        var store = await AttachAsync(caller, await caller.UploadAsync("a.txt", "Bicycles are serviced in April."));
        await MakeOutdatedAsync(store);
        Assert.Equal(1, await CountAsync(caller, store, "readings", "outdated"));

        await caller.PostAsync($"/api/vector_stores/{store}/read_again", new { files = "outdated" });

        Assert.NotEmpty(await caller.SearchAsync(store, new { query = "bicycles" }));
        await Eventually.ReadAsync(
            () => caller.GetAsync($"/v1/vector_stores/{store}"),
            found => found.GetProperty("readings").GetProperty("outdated").GetInt32() == 0);
        Assert.NotEmpty(await caller.SearchAsync(store, new { query = "bicycles" }));
    }

    [Fact]
    public async Task Only_failed_and_outdated_files_are_read_again()
    {
        var caller = fixture.NewCaller();
        var store = await AttachAsync(caller, await caller.UploadAsync("a.txt", "Bicycles."));

        using var refused = await caller.Retrieval.PostAsJsonAsync(
            $"/api/vector_stores/{store}/read_again", new { files = "all" }, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains(
            "'failed' or 'outdated'",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_file_says_of_itself_can_be_searched_by_unless_its_owner_says_otherwise()
    {
        var caller = fixture.NewCaller();
        var mail = await caller.UploadAsync("budget.eml", Encoding.UTF8.GetBytes(Mail.ReplaceLineEndings("\r\n")));
        var store = await AttachAsync(caller, mail);
        var bySubject = new { type = "eq", key = "subject", value = "Budget for bicycles" };

        var found = await caller.SearchAsync(store, new { query = "budget", filters = bySubject });
        Assert.Equal("Budget for bicycles", found[0].GetProperty("attributes").GetProperty("subject").GetString());

        await caller.PostAsync(
            $"/v1/vector_stores/{store}/files/{mail}", new { attributes = new { subject = "Other" } });
        Assert.Empty(await caller.SearchAsync(store, new { query = "budget", filters = bySubject }));
    }

    private static async Task<string> AttachAsync(StoreCaller caller, params string[] files)
    {
        var store = await caller.PostAsync("/v1/vector_stores", new { file_ids = files });
        var id = store.GetProperty("id").GetString()!;
        await caller.CompletedAsync(id);
        return id;
    }

    private static async Task<int> CountAsync(StoreCaller caller, string store, string of, string what)
    {
        JsonElement found = await caller.GetAsync($"/v1/vector_stores/{store}");
        return found.GetProperty(of).GetProperty(what).GetInt32();
    }

    private async Task MakeOutdatedAsync(string store)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var command = owner.CreateCommand(
            "update retrieval.store_file set pipeline = '1' where vector_store_id = $1");
        command.Parameters.AddWithValue(Id<VectorStore>.Parse(store, null).Value);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
