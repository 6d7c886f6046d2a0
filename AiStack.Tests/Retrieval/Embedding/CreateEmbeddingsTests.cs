using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.Retrieval.Embedding;

/// <summary>OpenAI's embeddings endpoint.</summary>
public sealed class CreateEmbeddingsTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    [Fact]
    public async Task A_batch_comes_back_in_order_as_vectors_of_length_one()
    {
        var made = await fixture.NewCaller()
            .PostAsync("/v1/embeddings", new { model = "default", input = new[] { "one", "two" } });

        Assert.Equal(
            [0, 1], made.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("index").GetInt32()));
        Assert.All(
            made.GetProperty("data").EnumerateArray(),
            item => Assert.Equal(1, TensorPrimitives.Norm<float>(Floats(item)), 3));
        Assert.True(made.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Base64_holds_the_same_numbers()
    {
        var caller = fixture.NewCaller();

        var plain = await caller.PostAsync("/v1/embeddings", new { model = "default", input = "text" });
        var encoded = await caller.PostAsync(
            "/v1/embeddings", new { model = "default", input = "text", encoding_format = "base64" });

        var bytes = encoded.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(Floats(plain.GetProperty("data")[0]), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Fact]
    public async Task Fewer_dimensions_are_still_of_length_one()
    {
        var made = await fixture.NewCaller()
            .PostAsync("/v1/embeddings", new { model = "default", input = "a text", dimensions = 128 });

        var vector = Floats(made.GetProperty("data")[0]);
        Assert.Equal(128, vector.Length);
        Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 3);
    }

    [Theory]
    [InlineData("""{"model": "gpt-9", "input": "x"}""", 404, "model")]
    [InlineData("""{"input": "x"}""", 400, "model")]
    [InlineData("""{"model": "default", "input": ["x", "\udc00"]}""", 400, "input[1]")]
    [InlineData("""{"model": "default", "input": ""}""", 400, "input")]
    [InlineData("""{"model": "default", "input": []}""", 400, "input")]
    [InlineData("""{"model": "default", "input": [1, 2]}""", 400, "input")]
    [InlineData("""{"model": "default", "input": "x", "dimensions": 0}""", 400, "dimensions")]
    [InlineData("""{"model": "default", "input": "x", "dimensions": 513}""", 400, "dimensions")]
    [InlineData("""{"model": "default", "input": "x", "encoding_format": "hex"}""", 400, "encoding_format")]
    [InlineData("""{"model": "default", "input": "x", "truncate": true}""", 400, "truncate")]
    public async Task What_cannot_be_embedded_is_refused_by_the_name_of_the_field(
        string request, int status, string parameter)
    {
        var refused = await fixture.NewCaller().RefusedAsync("/v1/embeddings", JsonDocument.Parse(request).RootElement);

        Assert.Equal((status, parameter), (refused.Status, refused.Param));
    }

    [Fact]
    public async Task Text_that_is_too_long_is_refused_with_its_place_and_the_limit()
    {
        var refused = await fixture.NewCaller().RefusedAsync(
            "/v1/embeddings", new { model = "default", input = new[] { "short", new string('x', 32_769) } });

        Assert.Contains("input[1]", refused.Message);
        Assert.Contains("32768", refused.Message);
    }

    private static float[] Floats(JsonElement item) =>
        [.. item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
}
