using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>What HTTP lets every client do, on the Gateway's own paths and on the services' behind it.</summary>
public sealed class HttpTests(StackFixture fixture)
{
    private const int LimitBytes = 32 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/files")]
    [InlineData("/v1/vector_stores")]
    [InlineData("/v1/evals")]
    [InlineData("/api/keys")]
    [InlineData("/health")]
    public async Task HEAD_is_GET_without_the_body(string path)
    {
        var stack = await fixture.StackAsync(Token);
        using var client = stack.CreateClient();

        using var got = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await client.SendAsync(request, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (got.StatusCode, head.StatusCode));
        Assert.Equal(got.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_packed_body_is_unpacked_by_its_reader(string encoding)
    {
        var embedded = await SendAsync("/v1/embeddings", """{"model": "default", "input": "a"}""", encoding);
        var key = await SendAsync("/api/keys", """{"name": "packed", "scopes": ["models.read"]}""", encoding);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Created),
            (embedded.StatusCode, key.StatusCode));
    }

    [Fact]
    public async Task The_limit_of_a_body_is_that_of_what_is_packed_in_it()
    {
        var (status, body) = await SendAsync("/v1/embeddings", new string(' ', LimitBytes + 1), "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains(
            $"{LimitBytes} bytes", body.GetProperty("error").GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_is_not_what_its_encoding_says_is_a_bad_request(string encoding)
    {
        var (status, _) = await SendAsync("/v1/embeddings", "\u00ff{}", encoding, isPacked: false);

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task An_encoding_that_is_not_known_is_refused_by_its_name()
    {
        var (status, body) = await SendAsync("/v1/embeddings", "{}", "zstd", isPacked: false);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains(
            "'zstd'", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode StatusCode, JsonElement Body)> SendAsync(
        string path, string json, string encoding, bool isPacked = true)
    {
        var stack = await fixture.StackAsync(Token);
        using var client = stack.CreateClient();
        using var packed = new MemoryStream();
        await using (Stream packing = !isPacked ? new BufferedStream(packed) : encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true),
            _ => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            await packing.WriteAsync(Encoding.UTF8.GetBytes(json), Token);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add(encoding);
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }
}
