using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>
/// A body past a limit is refused by that limit, through the Gateway too, also where the sender is still writing.
/// </summary>
public sealed class BodyLimitTests(StackFixture fixture)
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
