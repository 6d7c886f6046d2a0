using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

public sealed class FileApiTests : IClassFixture<IngestFixture>
{
    private readonly Id<Project> _project;
    private readonly IngestStack _ingest;
    private readonly HttpClient _client;
    private readonly HashSet<string> _olderBlobs;
    private readonly PostgresFixture _postgres;

    public FileApiTests(IngestFixture fixture)
    {
        _project = PostgresFixture.NewProject();
        _ingest = fixture.Stack;
        _client = _ingest.CreateClient(_project);
        _olderBlobs = _ingest.BlobFiles();
        _postgres = fixture.Postgres;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_uploaded_file_has_openais_shape_and_gives_its_bytes_back()
    {
        using var response = await _client.PostAsync(
            "/v1/files", IngestStack.Form("Twenty weeks."u8.ToArray(), "C:\\docs\\Größe 1.txt"), Cancellation);
        var file = await IngestStack.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("file", (string?)file["object"]);
        Assert.Equal("Größe 1.txt", (string?)file["filename"]);
        Assert.Equal("assistants", (string?)file["purpose"]);
        Assert.Equal(13, (long?)file["bytes"]);
        Assert.StartsWith("file-", (string?)file["id"], StringComparison.Ordinal);
        Assert.Equal("Twenty weeks.", await _client.GetStringAsync($"/v1/files/{file["id"]}/content", Cancellation));
        var found = JsonNode.Parse(await _client.GetStringAsync($"/v1/files/{file["id"]}", Cancellation));
        Assert.True(JsonNode.DeepEquals(file, found), $"{found}");
    }

    [Fact]
    public async Task Content_is_a_download_and_can_be_had_in_ranges()
    {
        var id = await UploadAsync("<script>alert(1)</script>", "page.html");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/files/{id}/content");
        request.Headers.Range = new RangeHeaderValue(1, 6);

        using var response = await _client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("script", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task The_same_bytes_twice_are_two_files_and_deleting_one_leaves_the_other()
    {
        var first = await UploadAsync("The same bytes.", "a.txt");
        var second = await UploadAsync("The same bytes.", "b.txt");

        using var deleted = await _client.DeleteAsync($"/v1/files/{first}", Cancellation);
        await ClearedAsync();

        Assert.NotEqual(first, second);
        Assert.Equal(true, (bool?)(await IngestStack.ReadAsync(deleted))["deleted"]);
        Assert.Equal("The same bytes.", await _client.GetStringAsync($"/v1/files/{second}/content", Cancellation));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_and_so_is_its_blob_when_keyless_else_has_it()
    {
        var id = await UploadAsync("Only here.", "a.txt");
        Assert.Single(NewBlobs());

        using var deleted = await _client.DeleteAsync($"/v1/files/{id}", Cancellation);
        using var again = await _client.DeleteAsync($"/v1/files/{id}", Cancellation);
        await ClearedAsync();

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_client, $"/v1/files/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_client, $"/v1/files/{id}/content"));
        Assert.Empty(NewBlobs());
    }

    [Fact]
    public async Task Files_are_listed_a_page_at_a_time_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add($"{await UploadAsync($"File {i}", $"{i}.txt")}");
        }

        var first = await ListAsync("?limit=2");
        var second = await ListAsync($"?limit=2&after={first["last_id"]}");
        var third = await ListAsync($"?limit=2&after={second["last_id"]}");
        var oldest = await ListAsync("?limit=1&order=asc");
        var beforeThird = await ListAsync($"?limit=2&before={third["first_id"]}");
        var beforeSecond = await ListAsync($"?limit=9&before={second["first_id"]}");

        Assert.Equal([true, true, false], new[] { first, second, third }.Select(page => (bool)page["has_more"]!));
        Assert.Equal(Enumerable.Reverse(ids), new[] { first, second, third }.SelectMany(Ids));
        Assert.Equal([ids[0]], Ids(oldest));
        Assert.Equal(Ids(second), Ids(beforeThird));
        Assert.True((bool)beforeThird["has_more"]!);
        Assert.Equal(Ids(first), Ids(beforeSecond));
        Assert.False((bool)beforeSecond["has_more"]!);
        Assert.Empty(Ids(await ListAsync("?purpose=batch")));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?limit=10001", "limit")]
    [InlineData("?order=newest", "order")]
    [InlineData("?after=vs_1", "after")]
    public async Task A_wrong_page_is_refused_by_its_name(string query, string parameter)
    {
        using var response = await _client.GetAsync($"/v1/files{query}", Cancellation);

        await RefusedAsync(response, HttpStatusCode.BadRequest, parameter);
    }

    [Fact]
    public async Task A_file_past_the_limit_is_refused_with_the_limit_and_leaves_nothing()
    {
        using var response = await _client.PostAsync(
            "/v1/files", IngestStack.Form(new byte[IngestFixture.MaxFileBytes + 1], "a.txt"), Cancellation);

        var error = await RefusedAsync(response, HttpStatusCode.RequestEntityTooLarge, "file");
        Assert.Contains($"{IngestFixture.MaxFileBytes} bytes", error, StringComparison.Ordinal);
        Assert.Empty(NewBlobs());
    }

    [Fact]
    public async Task An_upload_goes_to_the_store_while_it_arrives()
    {
        const int Megabytes = 16;
        await using var ingest = await IngestStack.CreateAsync(_postgres);
        using var content = new HalfwayStream(Megabytes << 20, () => Eventually.TrueAsync(
            () => Task.FromResult(StoredBytes(ingest.BlobFolder) > Megabytes << 18), Cancellation));
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" }, { new StreamContent(content), "file", "long.txt" },
        };

        using var response = await ingest.CreateClient(_project).PostAsync("/v1/files", form, Cancellation);

        Assert.Equal(Megabytes << 20, (long?)(await IngestStack.ReadAsync(response))["bytes"]);
    }

    [Fact]
    public async Task A_form_that_lacks_something_is_refused_by_the_name_of_what_it_lacks()
    {
        byte[] content = [.. "Only this file's."u8];
        using var nothing = new MultipartFormDataContent { { new StringContent("assistants"), "purpose" } };
        using var noPurpose = new MultipartFormDataContent { { new ByteArrayContent(content), "file", "a.txt" } };
        using var noName = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" }, { new ByteArrayContent(content), "file" },
        };

        await RefusedAsync(await PostAsync(nothing), HttpStatusCode.BadRequest, "file");
        await RefusedAsync(await PostAsync(noPurpose), HttpStatusCode.BadRequest, "purpose");
        await RefusedAsync(await PostAsync(noName), HttpStatusCode.BadRequest, "file");
        await RefusedAsync(
            await PostAsync(IngestStack.Form(content, "a.txt", "no such")), HttpStatusCode.BadRequest, "purpose");
        await RefusedAsync(await PostAsync(IngestStack.Form([], "a.txt")), HttpStatusCode.BadRequest, "file");
        await RefusedAsync(
            await PostAsync(IngestStack.Form(content, new string('a', 600))), HttpStatusCode.BadRequest, "file");
        await RefusedAsync(
            await PostAsync(new StringContent("{}", Encoding.UTF8, "application/json")),
            HttpStatusCode.BadRequest,
            "file");
        Assert.Empty(Ids(await ListAsync("")));
        Assert.Empty(NewBlobs());
    }

    [Fact]
    public async Task An_upload_that_breaks_off_is_refused_and_leaves_nothing()
    {
        using var broken = new StringContent(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHel");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using var response = await PostAsync(broken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(NewBlobs());
    }

    [Fact]
    public async Task Another_projects_file_does_not_exist()
    {
        var id = await UploadAsync("Ours.", "a.txt");
        var stranger = _ingest.CreateClient(PostgresFixture.NewProject());

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/v1/files/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/v1/files/{id}/content"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/api/files/{id}/text"));
        using var deleted = await stranger.DeleteAsync($"/v1/files/{id}", Cancellation);
        await RefusedAsync(deleted, HttpStatusCode.NotFound, "file_id");
        Assert.Empty(Ids(JsonNode.Parse(await stranger.GetStringAsync("/v1/files", Cancellation))!));
        Assert.Equal("Ours.", await _client.GetStringAsync($"/v1/files/{id}/content", Cancellation));
    }

    [Fact]
    public async Task A_caller_without_the_scope_or_without_a_token_is_refused()
    {
        var id = await UploadAsync("Hello.", "a.txt");
        var reader = _ingest.CreateClient(_project, Scopes.FilesRead);
        var writer = _ingest.CreateClient(_project, Scopes.FilesWrite);
        var keyless = _ingest.CreateClient(_project);
        keyless.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(reader, $"/v1/files/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(writer, $"/v1/files/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(writer, $"/v1/files/{id}/content"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(keyless, $"/v1/files/{id}"));
        using var upload = await reader.PostAsync("/v1/files", IngestStack.Form([1], "a.txt"), Cancellation);
        using var deleted = await reader.DeleteAsync($"/v1/files/{id}", Cancellation);
        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.Forbidden], [upload.StatusCode, deleted.StatusCode]);
    }

    [Theory]
    [InlineData("file-nonsense")]
    [InlineData("vs_01990f3a7c5e7b0c9d2e4f6a8b1c3d5e")]
    [InlineData("file-01990f3a7c5e7b0c9d2e4f6a8b1c3d5e")]
    public async Task An_id_that_names_no_file_is_not_found(string id)
    {
        using var response = await _client.GetAsync($"/v1/files/{id}", Cancellation);

        await RefusedAsync(response, HttpStatusCode.NotFound, "file_id");
    }

    /// <summary>The blobs of this test alone: those of earlier ones may still be cleared away.</summary>
    private IEnumerable<string> NewBlobs() => _ingest.BlobFiles().Except(_olderBlobs);

    private Task<Id<StoredFile>> UploadAsync(string content, string filename) =>
        IngestStack.UploadAsync(_client, Encoding.UTF8.GetBytes(content), filename);

    private Task<HttpResponseMessage> PostAsync(HttpContent content) => _client.PostAsync(
        "/v1/files", content, Cancellation);

    private async Task<JsonNode> ListAsync(string query) =>
        JsonNode.Parse(await _client.GetStringAsync($"/v1/files{query}", Cancellation))!;

    private static IEnumerable<string> Ids(JsonNode page) => page["data"]!.AsArray().Select(
        file => (string)file!["id"]!);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Cancellation);
        return response.StatusCode;
    }

    private static async Task<string> RefusedAsync(
        HttpResponseMessage response, HttpStatusCode status, string parameter)
    {
        var body = await IngestStack.ReadAsync(response);
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {body}");
        Assert.Equal(parameter, (string?)body["error"]!["param"]);
        return (string)body["error"]!["message"]!;
    }

    private static long StoredBytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>Zeros, of which the second half comes only when <paramref name="halfway"/> is through.</summary>
    private sealed class HalfwayStream(long length, Func<Task> halfway) : MemoryStream
    {
        private long _read;
        private bool _isPastHalf;

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read >= length / 2 && !_isPastHalf)
            {
                _isPastHalf = true;
                await halfway();
            }

            var count = (int)Math.Min(buffer.Length, length - _read);
            buffer.Span[..count].Clear();
            _read += count;
            return count;
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
        {
            var buffer = new byte[64 << 10];
            while (await ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }

    private Task ClearedAsync() => Eventually.TrueAsync(
        async () => (await _ingest.ListAsync(
            _project, $"select id from ops.work_item where queue = 'ingest.clear-file'",
            row => row.GetGuid(0))).Count == 0,
        Cancellation);
}
