using System.Net;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>By no way around does a file in a store become one for others, or is changed by them.</summary>
public sealed partial class PrincipalTests
{
    [Fact]
    public async Task What_is_for_some_everywhere_is_put_elsewhere_only_with_a_word_on_whom_it_is_for_there()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var file = await FileAsync(admin, store, "bonus.md");
        var other = await EmptyStoreAsync(admin);
        var files = new[] { await FileAsync(admin, store, "canteen.md"), file };

        foreach (var (path, body) in new (string, object)[]
        {
            ("/v1/vector_stores", new { file_ids = files }),
            ($"/v1/vector_stores/{other}/files", new { file_id = file }),
            ($"/v1/vector_stores/{other}/file_batches", new { file_ids = files }),
            ($"/v1/vector_stores/{other}/file_batches", new { files = new[] { new { file_id = file } } }),
        })
        {
            var (status, param, message) = await admin.RefusedAsync(path, body);
            Assert.Equal((400, "principals"), (status, param));
            Assert.Contains(file, message, StringComparison.Ordinal);
        }

        var made = await admin.PostAsync("/v1/vector_stores", new { file_ids = files, principals = new[] { Hr } });
        var hrs = made.GetProperty("id").GetString()!;
        await admin.CompletedAsync(hrs);
        Assert.Empty(await NamesAsync(admin, hrs));
        Assert.Equal(["bonus.md", "canteen.md"], await NamesAsync(fixture.CallerFor(admin.Project, [Hr]), hrs));

        await admin.PostAsync(
            $"/v1/vector_stores/{other}/files", new { file_id = file, principals = (string[]?)null });
        await admin.CompletedAsync(other);
        Assert.Equal(["bonus.md"], await NamesAsync(admin, other));
    }

    [Fact]
    public async Task What_a_store_has_for_others_is_not_put_into_it_again()
    {
        var (admin, store) = await StoreAsync(_bonus);
        var file = await FileAsync(admin, store, "bonus.md");
        await admin.PostAsync($"/v1/vector_stores/{await EmptyStoreAsync(admin)}/files", new { file_id = file });
        await SetAsync(admin, store, "bonus.md", Hr);
        var ann = fixture.CallerFor(admin.Project, [Ann]);

        foreach (var body in new object[]
        {
            new { file_id = file },
            new { file_id = file, principals = new[] { Ann } },
            new { file_id = file, attributes = new { team = "ann" } },
        })
        {
            Assert.Equal(404, (await ann.RefusedAsync($"/v1/vector_stores/{store}/files", body)).Status);
        }

        var now = await admin.GetAsync($"/v1/vector_stores/{store}/files/{file}");
        Assert.Equal(Hr, now.GetProperty("principals")[0].GetString());
        Assert.Empty(now.GetProperty("attributes").EnumerateObject());
    }

    [Fact]
    public async Task Who_puts_a_file_in_for_others_is_told_of_it()
    {
        var admin = fixture.NewCaller();
        var store = await EmptyStoreAsync(admin);
        var (ann, none) = (fixture.CallerFor(admin.Project, [Ann]), Array.Empty<string>());
        var (first, second) = (await ann.UploadAsync("1.txt", "One."), await ann.UploadAsync("2.txt", "Two."));

        var put = await ann.PostAsync(
            $"/v1/vector_stores/{store}/files", new { file_id = first, principals = new[] { Hr } });
        var batch = await ann.PostAsync(
            $"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { second }, principals = new[] { Hr } });
        var made = await ann.PostAsync(
            "/v1/vector_stores", new { file_ids = new[] { await ann.UploadAsync("3.txt", "3") }, principals = none });

        Assert.Equal(1, made.GetProperty("file_counts").GetProperty("total").GetInt32());
        Assert.Equal(first, put.GetProperty("id").GetString());
        Assert.Equal(1, batch.GetProperty("file_counts").GetProperty("total").GetInt32());
        Assert.Equal(
            HttpStatusCode.NotFound, await StatusAsync(ann, $"/v1/vector_stores/{store}/files/{first}"));
    }

    [Fact]
    public async Task A_key_that_does_not_see_a_file_changes_nothing_of_it()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var path = await PathAsync(admin, store, "bonus.md");
        var writer = fixture.CallerFor(admin.Project, null, null, Scopes.VectorStoresWrite, Scopes.VectorStoresRead);

        Assert.Equal(404, (await writer.RefusedAsync(path, new { attributes = new { team = "x" } })).Status);
    }

    [Fact]
    public async Task A_hidden_file_is_no_place_in_a_list()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var file = await FileAsync(admin, store, "bonus.md");
        var ann = fixture.CallerFor(admin.Project, [Ann]);

        foreach (var order in new[] { "asc", "desc" })
        {
            var page = await ann.GetAsync($"/v1/vector_stores/{store}/files?order={order}&after={file}");
            Assert.Empty(page.GetProperty("data").EnumerateArray());
        }
    }

    [Fact]
    public async Task What_is_hidden_is_not_read_again_and_not_cancelled()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        var (open, file) = (await FileAsync(admin, store, "canteen.md"), await FileAsync(admin, store, "bonus.md"));
        var batch = (await admin.PostAsync(
            $"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { open, file } }))
            .GetProperty("id").GetString();
        await SetAsync(admin, store, "bonus.md", Hr);
        var ann = fixture.CallerFor(admin.Project, [Ann]);

        await ExecuteAsync(store, "update retrieval.store_file set pipeline = '1' where vector_store_id = $1");
        Assert.Equal(1, await AgainAsync("outdated"));
        await admin.CompletedAsync(store);
        await ExecuteAsync(
            store,
            """
            update retrieval.store_file
            set state = 'failed', error_code = 'server_error', error_message = 'x'
            where vector_store_id = $1
            """);
        Assert.Equal(1, await AgainAsync("failed"));

        await ExecuteAsync(
            store,
            """
            update retrieval.store_file
            set state = 'in_progress', error_code = null, error_message = null
            where vector_store_id = $1
            """);
        await ann.PostAsync($"/v1/vector_stores/{store}/file_batches/{batch}/cancel", new { });
        Assert.Equal("in_progress", await StateAsync(file));

        async Task<int> AgainAsync(string files) =>
            (await ann.PostAsync($"/api/vector_stores/{store}/read_again", new { files }))
            .GetProperty("count").GetInt32();

        async Task<string?> StateAsync(string id) =>
            (await admin.GetAsync($"/v1/vector_stores/{store}/files/{id}")).GetProperty("status").GetString();
    }

    private static async Task<string> EmptyStoreAsync(StoreCaller admin) =>
        (await admin.PostAsync("/v1/vector_stores", new { name = "other" })).GetProperty("id").GetString()!;

    private async Task ExecuteAsync(string store, string statement)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var command = owner.CreateCommand(statement);
        command.Parameters.AddWithValue(Id<VectorStore>.Parse(store, null).Value);
        Assert.Equal(2, await command.ExecuteNonQueryAsync(Cancellation));
    }
}
