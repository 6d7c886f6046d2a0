using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>What a body may be, whatever it asks for, as a caller of the Gateway sees it.</summary>
public sealed class RequestBodyTests(StackFixture fixture)
{
    private const int LimitBytes = 32 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/embeddings", false)]
    [InlineData("/v1/embeddings", true)]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    public async Task JSON_that_is_too_long_is_refused_with_the_limit(string path, bool isChunked)
    {
        var stack = await fixture.StackAsync(Token);
        using var client = stack.CreateClient();

        for (var i = 0; i < 5; i++) // Where the refusal and the sender race each other, the sender wins sometimes.
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new ByteArrayContent(LongJson()) { Headers = { ContentType = new("application/json") } },
                Headers = { TransferEncodingChunked = isChunked },
            };
            using var response = await client.SendAsync(request, Token);

            var error = await ErrorAsync(response);
            Assert.True(response.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{error}");
            Assert.Equal("payload_too_large", error.GetProperty("code").GetString());
            Assert.Contains($"{LimitBytes} bytes", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_too_long_is_refused_before_it_is_sent()
    {
        var stack = await fixture.StackAsync(Token);
        using var client = stack.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files")
        {
            Content = new UnsentForm(600L << 20),
            Headers = { ExpectContinue = true },
        };

        using var response = await client.SendAsync(request, Token);

        var error = await ErrorAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{error}");
        Assert.Equal("file", error.GetProperty("param").GetString());
        Assert.Contains($"{512 << 20} bytes", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("application/json; charset=unheard-of")]
    public async Task JSON_is_UTF_8_whatever_its_charset_says(string contentType)
    {
        using var response = await EmbedAsync("""{"model": "default", "input": "Größe"}""", contentType);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", "'text/plain'")]
    [InlineData(null, "no Content-Type")]
    public async Task What_is_not_said_to_be_JSON_is_refused_for_its_type(string? contentType, string reason)
    {
        using var response = await EmbedAsync("""{"model": "default", "input": "a"}""", contentType);

        var error = await ErrorAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.UnsupportedMediaType, $"{error}");
        Assert.Equal("Content-Type", error.GetProperty("param").GetString());
        Assert.Equal("unsupported_media_type", error.GetProperty("code").GetString());
        Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_is_there_twice_is_refused_by_its_name()
    {
        using var response = await EmbedAsync(
            """{"model": "default", "input": "a", "input": "b"}""", "application/json");

        var error = await ErrorAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("input", error.GetProperty("param").GetString());
        Assert.Contains("twice", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_slowly_what_is_too_long_is_refused_at_once()
    {
        var answer = await SendRawAsync($"Content-Length: {2 * LimitBytes}", """{"model": "default", "input": "and""");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_breaks_the_rules_of_HTTP_is_refused_as_that()
    {
        var answer = await SendRawAsync("Transfer-Encoding: chunked", "no number\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("breaks the rules of HTTP", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends the beginning of a body and no more; returns what is answered, which is chunked.</summary>
    private async Task<string> SendRawAsync(string header, string begin)
    {
        var stack = await fixture.StackAsync(Token);
        using var socket = new TcpClient();
        await socket.ConnectAsync(stack.Api.Host, stack.Api.Port, Token);
        await using var stream = socket.GetStream();
        var head = $"""
            POST /v1/embeddings HTTP/1.1
            Host: {stack.Api.Authority}
            Authorization: Bearer {stack.Key}
            Content-Type: application/json
            Connection: close
            {header}


            """.ReplaceLineEndings("\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + begin), Token);
        var answer = "";
        var buffer = new byte[4_096];
        while (!answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, Token) is > 0 and var read)
        {
            answer += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return answer;
    }

    private async Task<HttpResponseMessage> EmbedAsync(string json, string? contentType)
    {
        var stack = await fixture.StackAsync(Token);
        using var client = stack.CreateClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        if (contentType is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return await client.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), content, Token);
    }

    private static byte[] LongJson()
    {
        var json = new byte[LimitBytes + 1];
        json.AsSpan().Fill((byte)'x');
        "{\"model\": \"default\", \"input\": \""u8.CopyTo(json);
        return json;
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("error");

    /// <summary>A form that says how long it is, of a sender who waits to hear whether it may come.</summary>
    private sealed class UnsentForm : HttpContent
    {
        private readonly long _length;

        public UnsentForm(long length)
        {
            _length = length;
            Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=X");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new InvalidOperationException("It should have been refused before.");

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
