using System.Net;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>Whom a file is for: who says it, and what of the file others see where files are managed.</summary>
public sealed partial class PrincipalTests
{
    [Fact]
    public async Task In_each_store_a_file_is_for_those_whom_it_is_for_there()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        var file = await FileAsync(admin, store, "bonus.md");
        var other = (await admin.PostAsync("/v1/vector_stores", new { name = "other" })).GetProperty("id").GetString()!;
        await admin.PostAsync($"/v1/vector_stores/{other}/files", new { file_id = file, principals = new[] { Hr } });
        await admin.CompletedAsync(other);

        Assert.Contains("bonus.md", await NamesAsync(admin, store));
        Assert.Empty(await NamesAsync(admin, other));
        Assert.Equal(["bonus.md"], await NamesAsync(fixture.CallerFor(admin.Project, [Hr]), other));
    }

    [Fact]
    public async Task To_a_person_others_files_are_not_there_and_who_manages_sees_all()
    {
        var (admin, store) = await StoreAsync(_canteen, _bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var file = await PathAsync(admin, store, "bonus.md");
        var ann = fixture.CallerFor(admin.Project, [Ann]);
        var searcher = fixture.CallerFor(admin.Project, null, null, Scopes.VectorStoresRead);

        foreach (var path in new[] { file, $"{file}/content", $"{file.Replace("/v1", "/api")}/chunks" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ann, path));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(searcher, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture.CallerFor(admin.Project, [Hr]), path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, path));
        }

        var id = await FileAsync(admin, store, "bonus.md");
        foreach (var path in new[] { $"/v1/files/{id}", $"/v1/files/{id}/content", $"/api/files/{id}/text" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ann.Ingest, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture.CallerFor(admin.Project, [Hr]).Ingest, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin.Ingest, path));
        }

        var listed = await ann.Ingest.GetStringAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);
        Assert.DoesNotContain("bonus.md", listed, StringComparison.Ordinal);
        Assert.Contains("canteen.md", listed, StringComparison.Ordinal);
        foreach (var (caller, count) in new[] { (ann, 1), (searcher, 1), (admin, 2) })
        {
            var files = await caller.GetAsync($"/v1/vector_stores/{store}/files");
            Assert.Equal(count, files.GetProperty("data").GetArrayLength());
            var counts = (await caller.GetAsync($"/v1/vector_stores/{store}")).GetProperty("file_counts");
            Assert.Equal(count, counts.GetProperty("completed").GetInt32());
        }

        Assert.Equal(404, (await ann.RefusedAsync(file, new { principals = new[] { Ann } })).Status);
        Assert.Equal(
            404, (await ann.RefusedAsync($"/v1/vector_stores/{store}/files", new { file_id = id })).Status);
        Assert.Equal(404, (await ann.RefusedAsync("/v1/vector_stores", new { file_ids = new[] { id } })).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await ann.Retrieval.DeleteAsync(
                new Uri(file, UriKind.Relative), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_key_that_may_not_read_files_does_not_say_whom_they_are_for()
    {
        var (admin, store) = await StoreAsync(_bonus);
        var path = await PathAsync(admin, store, "bonus.md");
        var writer = fixture.CallerFor(admin.Project, null, null, Scopes.VectorStoresWrite, Scopes.VectorStoresRead);

        Assert.Equal(
            (403, "principals"),
            await writer.RefusedAsync(path, new { principals = (string[]?)null }) is var (status, param, _)
                ? (status, param)
                : default);
        Assert.NotEqual(default, await writer.PostAsync(path, new { attributes = new { team = "hr" } }));
    }

    [Fact]
    public async Task Putting_a_file_in_again_keeps_whom_it_is_for_unless_that_is_said()
    {
        var (admin, store) = await StoreAsync(_canteen);
        var file = await FileAsync(admin, store, "canteen.md");
        var files = $"/v1/vector_stores/{store}/files";
        await admin.PostAsync(files, new { file_id = file, principals = new[] { Hr, Ann, Hr } });
        Assert.Empty(await NamesAsync(admin, store));

        var again = await admin.PostAsync(files, new { file_id = file });
        Assert.Equal([Hr, Ann], again.GetProperty("principals").EnumerateArray().Select(each => each.GetString()));
        Assert.Equal("completed", again.GetProperty("status").GetString());

        await admin.PostAsync(
            $"/v1/vector_stores/{store}/file_batches",
            new { files = new[] { new { file_id = file, principals = (string[]?)null } } });
        Assert.Equal(["canteen.md"], await NamesAsync(admin, store));

        await admin.PostAsync(
            $"/v1/vector_stores/{store}/file_batches", new { file_ids = new[] { file }, principals = new[] { Ann } });
        Assert.Empty(await NamesAsync(admin, store));
    }

    [Theory]
    [InlineData("""{"principals":"group:hr"}""")]
    [InlineData("""{"principals":[""]}""")]
    [InlineData("""{"principals":[null]}""")]
    [InlineData("""{"principals":["a,b"]}""")]
    [InlineData("""{"principals":[" a"]}""")]
    [InlineData("""{"principals":["a\u0001"]}""")]
    [InlineData("""{"principals":["a\ud800"]}""")]
    [InlineData("""{"principals":[1]}""")]
    public async Task Principals_that_could_not_be_compared_are_refused(string body)
    {
        var (admin, store) = await StoreAsync(_canteen);
        var path = await PathAsync(admin, store, "canteen.md");

        Assert.Equal(400, (await admin.RefusedAsync(path, JsonElement.Parse(body))).Status);
        Assert.Equal(400, (await admin.RefusedAsync(path, new { principals = Names(201, "a") })).Status);
        Assert.Equal(400, (await admin.RefusedAsync(path, new { principals = Names(1, new('a', 256)) })).Status);
        await admin.PostAsync(path, new { principals = Names(200, new('a', 250)) });
    }
}
