using System.Text;
using AiStack.Contracts;
using AiStack.Ingest.Receipts;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Erasures;

/// <summary>What is held stays, what cannot be looked for is refused, and a receipt is good as it was signed.</summary>
public sealed class HoldTests(ErasureStack stack) : IClassFixture<ErasureStack>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_person_is_named_in_stays_while_a_hold_is_about_them_and_is_counted()
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("a.txt", "Ida Held met Max Mustermann.");
        var other = await project.UploadAsync("b.txt", "Max Mustermann was alone.");
        await project.CompleteAsync("Max Mustermann called Ida Held.");
        var hold = await project.PostAsync("/api/legal-holds", new
        {
            subject = "person", identifiers = new[] { "Ida Held" }, reason = "Case 4",
        });

        var erasure = await project.EraseAsync(Person("Max Mustermann"));

        Assert.Equal(1, ErasureProject.Count(erasure, "ingest.file", "held"));
        Assert.Equal(1, ErasureProject.Count(erasure, "ingest.file"));
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.completion", "held"));
        Assert.Contains("a.txt", await project.Ingest.GetStringAsync($"/v1/files/{file}", Token));
        Assert.Equal(409, await DeleteAsync(project, $"/v1/files/{file}"));
        Assert.Equal(404, await DeleteAsync(project, $"/v1/files/{other}"));

        await project.PostAsync($"/api/legal-holds/{hold["id"]}/release", new { reason = "It is over" });
        var again = await project.EraseAsync(Person("Max Mustermann"));
        Assert.Equal(1, ErasureProject.Count(again, "ingest.file"));
        Assert.Empty(await stack.FindAsync("Mustermann"));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("store")]
    [InlineData("source")]
    public async Task A_held_file_is_neither_erased_nor_deleted(string subject)
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("c.txt", "Words to keep.");
        var store = await project.StoreAsync(file);
        var source = await SourceAsync(project, file);
        await project.PostAsync("/api/legal-holds", new
        {
            subject, file_id = file, store_id = store, source_id = $"src_{source:N}", reason = "Case 5",
        });

        var erasure = await project.EraseAsync(new { by = "file", file_id = file, reason = "Case 6" });

        Assert.Equal(1, ErasureProject.Count(erasure, "ingest.file", "held"));
        Assert.Equal(409, await DeleteAsync(project, $"/v1/files/{file}"));
        Assert.Contains("Words to keep", (await project.SearchAsync(store, "words to keep")).ToJsonString());
    }

    [Theory]
    [InlineData("delete from ingest.source_item where file_id = $1")]
    [InlineData("update ingest.source_item set file_id = gen_random_uuid() where file_id = $1")]
    public async Task What_a_held_source_had_stays_held_when_its_document_is_gone(string sql)
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("d.txt", "Words of a source.");
        var source = await SourceAsync(project, file);
        await project.PostAsync(
            "/api/legal-holds", new { subject = "source", source_id = $"src_{source:N}", reason = "Case 5" });
        // As if it had come later.
        await stack.ExecuteAsync("delete from ingest.legal_hold_file where file_id = $1", file.Value);

        await using var connection = await stack.Ingest.GetRequiredService<Npgsql.NpgsqlDataSource>()
            .OpenForAsync(project.Id, Token);
        await using var change = new Npgsql.NpgsqlCommand(sql, connection);
        change.Parameters.Add(new() { Value = file.Value });
        Assert.Equal(1, await change.ExecuteNonQueryAsync(Token));
        await connection.CloseAsync();

        Assert.Equal(409, await DeleteAsync(project, $"/v1/files/{file}"));
    }

    [Fact]
    public async Task A_held_store_is_not_deleted_and_its_files_are_not_taken_out()
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("e.txt", "Words of a store.");
        var store = await project.StoreAsync(file);
        var hold = await project.PostAsync(
            "/api/legal-holds", new { subject = "store", store_id = store, reason = "Case 5" });

        Assert.Equal(409, await DeleteAsync(project.Retrieval, $"/v1/vector_stores/{store}"));
        Assert.Equal(409, await DeleteAsync(project.Retrieval, $"/v1/vector_stores/{store}/files/{file}"));

        await project.PostAsync($"/api/legal-holds/{hold["id"]}/release", new { reason = "It is over" });
        Assert.Equal(200, await DeleteAsync(project.Retrieval, $"/v1/vector_stores/{store}"));
        Assert.Equal(200, await DeleteAsync(project, $"/v1/files/{file}"));
    }

    [Fact]
    public async Task What_names_a_held_person_is_kept_by_age_and_end_user_too()
    {
        var project = stack.NewProject();
        await project.CompleteAsync("Ina Kept was here.", user: "user-2", daysAgo: 9);
        await project.PostAsync(
            "/api/legal-holds", new { subject = "person", identifiers = new[] { "Ina Kept" }, reason = "Case 7" });

        var byAge = await project.EraseAsync(new { by = "age", older_than_days = 1, reason = "Case 8" });
        var byUser = await project.EraseAsync(new { by = "end_user", user = "user-2", reason = "Case 8" });

        Assert.Equal(1, ErasureProject.Count(byAge, "serving.completion", "held"));
        Assert.Equal(1, ErasureProject.Count(byUser, "serving.completion", "held"));
    }

    [Fact]
    public async Task A_hold_that_cannot_be_read_is_listed_named_in_failures_and_released()
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("f.txt", "Words.");
        var hold = await project.PostAsync(
            "/api/legal-holds", new { subject = "person", identifiers = new[] { "Ida Lost" }, reason = "Case 7" });
        await stack.ExecuteAsync(
            "update ingest.legal_hold set names = sha256('x') || names where project_id = $1", project.Id.Value);

        var listed = (await project.GetAsync("/api/legal-holds"))["data"]![0]!;
        Assert.False((bool)listed["readable"]!);
        Assert.Equal(409, await DeleteAsync(project, $"/v1/files/{file}"));
        var erasure = await project.EraseAsync(new { by = "file", file_id = file, reason = "Case 8" });
        Assert.Contains((string)hold["id"]!, (string)erasure["error"]!);
        await project.PostAsync($"/api/legal-holds/{hold["id"]}/release", new { reason = "It is lost" });
        await project.PostAsync($"/api/erasures/{erasure["id"]}/retry", new { });
        Assert.Equal("completed", (string)(await project.EndAsync((string)erasure["id"]!))["status"]!);
    }

    [Fact]
    public async Task A_held_end_users_answers_stay()
    {
        var project = stack.NewProject();
        await project.CompleteAsync("kept words", user: "user-1");
        await project.PostAsync("/api/legal-holds", new { subject = "end_user", user = "user-1", reason = "Case 7" });

        var erasure = await project.EraseAsync(new { by = "age", older_than_days = 1, reason = "Case 8" });
        var byUser = await project.EraseAsync(new { by = "end_user", user = "user-1", reason = "Case 8" });

        Assert.Equal(0, ErasureProject.Count(erasure, "serving.completion"));
        Assert.Equal(1, ErasureProject.Count(byUser, "serving.completion", "held"));
        Assert.Equal("kept words", await stack.ScalarAsync<string>(
            "select answer from serving.completion where project_id = $1", project.Id.Value));
    }

    [Theory]
    [InlineData("""{"by":"person","identifiers":[],"reason":"x"}""", "identifiers", "1 to 20")]
    [InlineData("""{"by":"person","identifiers":["A"],"reason":"x"}""", "identifiers", "2 letters")]
    [InlineData("""{"by":"person","identifiers":["%"],"reason":"x"}""", "identifiers", "2 letters")]
    [InlineData("""{"by":"person","identifiers":["__"],"reason":"x"}""", "identifiers", "2 letters")]
    [InlineData("""{"by":"person","identifiers":["Anna"],"reason":"Anna asked"}""", "reason", "must not name")]
    [InlineData("""{"by":"person","identifiers":["Anna"]}""", "reason", "1 to 1000")]
    [InlineData("""{"by":"end_user","user":" ","reason":"x"}""", "user", "1 to 1000")]
    [InlineData("""{"by":"age","older_than_days":0,"reason":"x"}""", "older_than_days", "1 to 36500")]
    [InlineData("""{"by":"age","older_than_days":9,"of":["all"],"reason":"x"}""", "of", "answers")]
    [InlineData("""{"by":"file","file_id":"x","reason":"x"}""", "file_id", "id")]
    [InlineData("""{"by":"everything","reason":"x"}""", "by", "person")]
    public async Task What_cannot_be_looked_for_is_refused_by_field_and_limit(string body, string field, string limit)
    {
        var project = stack.NewProject();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var refused = await project.Ingest.PostAsync(
            new Uri("/api/erasures", UriKind.Relative), content, Token);
        var said = await refused.Content.ReadAsStringAsync(Token);

        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains($"'{field}'", said);
        Assert.Contains(limit, said);
    }

    [Fact]
    public async Task A_receipt_says_what_went_names_nobody_and_fails_on_any_changed_letter()
    {
        var project = stack.NewProject();
        await project.CompleteAsync("Rosa Receipt was here.");
        var erasure = await project.EraseAsync(Person("Rosa Receipt"));
        var receipt = await project.GetAsync($"/api/erasures/{erasure["id"]}/receipt");
        var jws = (string)receipt["jws"]!;
        using var keys = new ReceiptKeys(stack.Ingest.GetRequiredService<
            Microsoft.Extensions.Options.IOptions<AiStack.ServiceDefaults.Authentication.IdentityOptions>>());

        var verified = await project.PostAsync("/api/erasures/verify", new { jws });

        Assert.True((bool)verified["valid"]!);
        Assert.Equal(1, (long)verified["receipt"]!["erased"]!);
        Assert.Equal((string)erasure["id"]!, (string)verified["receipt"]!["erasure_id"]!);
        Assert.DoesNotContain("rosa", receipt.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        for (var place = 0; place < jws.Length; place++)
        {
            var changed = jws[..place] + (jws[place] == 'A' ? 'B' : 'A') + jws[(place + 1)..];
            Assert.Null(await keys.VerifyAsync(changed));
        }

        var published = (await project.GetAsync("/api/erasures/keys"))["keys"]![0]!;
        Assert.Equal("P-256", (string)published["crv"]!);
    }

    private async Task<Guid> SourceAsync(ErasureProject project, Id<StoredFile> file)
    {
        var source = Guid.CreateVersion7();
        await stack.ExecuteAsync(
            """
            with made as (
                insert into ingest.source (id, project_id, name, kind, settings, vector_store_id, created_at,
                    updated_at,
                                           updated_by, paused)
                values ($1, $2, 'x', 'folder', '{}', $1, now(), now(), 'test', true)
            )
            insert into ingest.source_item (source_id, item_key, project_id, item_id, name, first_run, file_id, sha256)
            values ($1, sha256('x'), $2, 'x', 'x', $1, $3, sha256('x'))
            """,
            source, project.Id.Value, file.Value);
        return source;
    }

    private static object Person(string name) => new
    {
        by = "person", identifiers = new[] { name }, reason = "Case 17",
    };

    private static Task<int> DeleteAsync(ErasureProject project, string path) => DeleteAsync(project.Ingest, path);

    private static async Task<int> DeleteAsync(HttpClient client, string path)
    {
        using var response = await client.DeleteAsync(new Uri(path, UriKind.Relative), Token);
        return (int)response.StatusCode;
    }
}
