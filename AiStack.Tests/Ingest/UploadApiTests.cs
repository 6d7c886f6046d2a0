using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>A file in parts: begun, added to, completed, cancelled, forgotten.</summary>
public sealed class UploadApiTests : IClassFixture<IngestFixture>
{
    // The tests share their blobs, so where blobs are counted the content is one test's own.
    private readonly Id<Project> _project;
    private readonly IngestStack _ingest;
    private readonly HttpClient _client;
    private readonly HashSet<string> _olderBlobs;

    public UploadApiTests(IngestFixture fixture)
    {
        _project = PostgresFixture.NewProject();
        _ingest = fixture.Stack;
        _client = _ingest.CreateClient(_project);
        _olderBlobs = _ingest.BlobFiles();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_become_a_file_in_the_order_asked_for_and_are_cleared_away()
    {
        var upload = await CreateAsync(bytes: 9);
        var world = await AddAsync(_client, upload, " joined");
        var hello = await AddAsync(_client, upload, "is");

        var completed = await CompleteAsync(upload, [hello, world], Md5("is joined"));

        Assert.Equal("completed", (string?)completed["status"]);
        Assert.Equal("big.txt", (string?)completed["file"]!["filename"]);
        Assert.Equal(9, (long?)completed["file"]!["bytes"]);
        Assert.Equal(
            "is joined", await _client.GetStringAsync($"/v1/files/{completed["file"]!["id"]}/content", Cancellation));
        await Eventually.TrueAsync(() => Task.FromResult(NewBlobs().Count() == 1), Cancellation);
    }

    [Fact]
    public async Task Nothing_of_an_upload_is_a_file_before_it_is_completed()
    {
        var upload = await CreateAsync(bytes: 5);
        await AddAsync(_client, upload, "hello");

        var files = JsonNode.Parse(await _client.GetStringAsync("/v1/files", Cancellation))!;

        Assert.Empty(files["data"]!.AsArray());
    }

    [Fact]
    public async Task An_upload_is_completed_only_with_the_parts_and_the_size_that_it_has()
    {
        var upload = await CreateAsync(bytes: 11);
        var hello = await AddAsync(_client, upload, "hello");

        await RefusedAsync(Complete(upload, [hello]), "part_ids", "5 bytes, but the upload was announced with 11");
        await RefusedAsync(Complete(upload, [hello, hello]), "part_ids", "twice");
        await RefusedAsync(Complete(upload, [hello, "part_1"]), "part_ids", "no part 'part_1'");
        var world = await AddAsync(_client, upload, " world");
        await RefusedAsync(Complete(upload, [hello, world], Md5("other")), "md5", "MD5");
        Assert.Equal("completed", (string?)(await CompleteAsync(upload, [hello, world]))["status"]);
        await RefusedAsync(Complete(upload, [hello, world]), "upload_id", "is completed");
    }

    [Fact]
    public async Task A_cancelled_upload_takes_no_parts_and_leaves_nothing()
    {
        var upload = await CreateAsync(bytes: 5);
        var hello = await AddAsync(_client, upload, "never mind");

        using var cancelled = await _client.PostAsync($"/v1/uploads/{upload}/cancel", null, Cancellation);

        Assert.Equal("cancelled", (string?)(await IngestStack.ReadAsync(cancelled))["status"]);
        await RefusedAsync(Complete(upload, [hello]), "upload_id", "is cancelled");
        await RefusedAsync(Add(_client, upload, "more"), "upload_id", "is cancelled");
        await Eventually.TrueAsync(() => Task.FromResult(!NewBlobs().Any()), Cancellation);
    }

    [Fact]
    public async Task An_upload_that_is_not_completed_in_time_is_over_and_leaves_nothing()
    {
        var upload = await CreateAsync(bytes: 5);
        await AddAsync(_client, upload, "too slow");
        Assert.Single(NewBlobs());

        // An hour passes, which is how long an upload may take.
        await _ingest.ExecuteAsync(
            _project,
            $"""
            update ops.work_item
            set available_at = available_at - interval '1 hour'
            where queue = {ClearUpload.QueueName} and project_id = {_project}
            """);

        await Eventually.TrueAsync(() => Task.FromResult(!NewBlobs().Any()), Cancellation);
        await RefusedAsync(Add(_client, upload, "late"), "upload_id", "is expired");
    }

    [Fact]
    public async Task Parts_past_a_limit_are_refused_with_the_limit()
    {
        var upload = await CreateAsync(bytes: 500);
        using var long1 = await Add(_client, upload, new string('a', 101));
        for (var i = 0; i < 3; i++)
        {
            await AddAsync(_client, upload, $"part {i}");
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, long1.StatusCode);
        await RefusedAsync(Add(_client, upload, "one more"), "data", "3 parts, which is the limit");
    }

    [Theory]
    [InlineData("""{"purpose": "assistants", "bytes": 5, "mime_type": "text/plain"}""", "filename")]
    [InlineData("""{"filename": "a", "bytes": 5, "mime_type": "text/plain"}""", "purpose")]
    [InlineData("""{"filename": "a", "purpose": "assistants", "mime_type": "text/plain"}""", "bytes")]
    [InlineData("""{"filename": "a", "purpose": "assistants", "bytes": 1001, "mime_type": "text/plain"}""", "bytes")]
    [InlineData("""{"filename": "a", "purpose": "assistants", "bytes": "many", "mime_type": "text/plain"}""", "bytes")]
    [InlineData("""{"filename": "a", "purpose": "assistants", "bytes": 5}""", "mime_type")]
    [InlineData(
        """{"filename": "a", "purpose": "assistants", "bytes": 5, "mime_type": "a", "expires_after": {"seconds": 9}}""",
        "expires_after")]
    [InlineData("""{"file_name": "a", "purpose": "assistants", "bytes": 5, "mime_type": "a"}""", "file_name")]
    public async Task A_wrong_upload_is_refused_by_the_name_of_the_field(string json, string parameter) =>
        await RefusedAsync(
            _client.PostAsync("/v1/uploads", new StringContent(json, Encoding.UTF8, "application/json"), Cancellation),
            parameter, "");

    [Fact]
    public async Task Another_projects_upload_does_not_exist_and_a_reader_may_not_upload()
    {
        var upload = await CreateAsync(bytes: 5);
        var stranger = _ingest.CreateClient(PostgresFixture.NewProject());
        var reader = _ingest.CreateClient(_project, Scopes.FilesRead);

        using var added = await Add(stranger, upload, "hello");
        using var cancelled = await stranger.PostAsync($"/v1/uploads/{upload}/cancel", null, Cancellation);
        using var read = await reader.PostAsync($"/v1/uploads/{upload}/cancel", null, Cancellation);

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], [added.StatusCode, cancelled.StatusCode]);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
    }

    private async Task<string> CreateAsync(long bytes)
    {
        using var response = await _client.PostAsJsonAsync(
            "/v1/uploads",
            new { filename = "big.txt", purpose = "assistants", bytes, mime_type = "text/plain" }, Cancellation);
        var upload = await IngestStack.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{upload}");
        Assert.Equal(("upload", "pending"), ((string?)upload["object"], (string?)upload["status"]));
        return (string)upload["id"]!;
    }

    private static Task<HttpResponseMessage> Add(HttpClient client, string upload, string content) => client.PostAsync(
        $"/v1/uploads/{upload}/parts",
        new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "data", "blob" } },
        Cancellation);

    private static async Task<string> AddAsync(HttpClient client, string upload, string content)
    {
        using var response = await Add(client, upload, content);
        var part = await IngestStack.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{part}");
        Assert.Equal(("upload.part", upload), ((string?)part["object"], (string?)part["upload_id"]));
        return (string)part["id"]!;
    }

    private Task<HttpResponseMessage> Complete(string upload, string[] parts, string? md5 = null) =>
        _client.PostAsJsonAsync($"/v1/uploads/{upload}/complete", new { part_ids = parts, md5 }, Cancellation);

    private async Task<JsonNode> CompleteAsync(string upload, string[] parts, string? md5 = null)
    {
        using var response = await Complete(upload, parts, md5);
        return await IngestStack.ReadAsync(response);
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> request, string parameter, string reason)
    {
        using var response = await request;
        var error = (await IngestStack.ReadAsync(response))["error"]!;
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{response.StatusCode}: {error}");
        Assert.Equal(parameter, (string?)error["param"]);
        Assert.Contains(reason, (string)error["message"]!, StringComparison.Ordinal);
    }

    /// <summary>The blobs of this test alone: those of earlier ones may still be cleared away.</summary>
    private IEnumerable<string> NewBlobs() => _ingest.BlobFiles().Except(_olderBlobs);

#pragma warning disable CA5351 // As OpenAI's clients do.
    private static string Md5(string content) => Convert.ToHexStringLower(
        MD5.HashData(Encoding.UTF8.GetBytes(content)));
#pragma warning restore CA5351
}
