using System.Text.Json;
using AiStack.Retrieval.Embedding;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Retrieval.Embedding;

/// <summary>The embedder by its settings, and what a server is asked by it.</summary>
public sealed class EmbedderSettingTests
{
    [Theory]
    [InlineData("Retrieval:Embedder:Kind", "onnx", "'arctic', 'onnx-embedding', 'builtin' or 'openai'")]
    [InlineData("Retrieval:Embedder:QueryPrefix", "query: ", "for the Kinds 'openai' and 'onnx-embedding' only")]
    [InlineData("Retrieval:Embedder:PassagePrefix", "passage: ", "for the Kinds 'openai' and 'onnx-embedding' only")]
    [InlineData("Retrieval:Embedder:Kind", "openai", "Retrieval:Embedder:Endpoint")]
    [InlineData("Retrieval:Embedder:Kind", "onnx-embedding", "needs Retrieval:Embedder:Folder")]
    [InlineData("Retrieval:Embedder:Folder", "/models", "for the Kind 'onnx-embedding' only")]
    public void A_wrong_setting_stops_the_service_and_is_named(string key, string value, string named)
    {
        using var app = App((key, value));

        var failure = Assert.Throws<OptionsValidationException>(
            app.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_asked_with_a_prefix_for_queries_and_another_for_passages()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script = (context, _) => context.Response.WriteAsync(
            """
            {"object": "list", "model": "e5", "usage": {"prompt_tokens": 1, "total_tokens": 1},
             "data": [{"object": "embedding", "index": 0, "embedding": "AAAAPwAAAD8AAAA/AAAAPw=="}]}
            """);
        using var app = App([.. OpenAi(server.Address), ("Retrieval:Embedder:QueryPrefix", "query: "),
            ("Retrieval:Embedder:PassagePrefix", "passage: ")]);
        var embedder = app.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        await embedder.GenerateAsync(["one"], QueryOption.Options, TestContext.Current.CancellationToken);
        await embedder.GenerateAsync(["two"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["query: one", "passage: two"], server.Asked.Select(Input));
    }

    [Fact]
    public void Another_prefix_of_passages_is_another_index_and_another_one_of_queries_is_not()
    {
        using var plain = App(OpenAi("http://127.0.0.1:1"));
        using var query = App([.. OpenAi("http://127.0.0.1:1"), ("Retrieval:Embedder:QueryPrefix", "query: ")]);
        using var passage = App([.. OpenAi("http://127.0.0.1:1"), ("Retrieval:Embedder:PassagePrefix", "passage: ")]);

        Assert.Equal(NameOf(plain), NameOf(query));
        Assert.NotEqual(NameOf(plain), NameOf(passage));
    }

    [Fact]
    public void A_folder_that_cannot_be_used_stops_the_service_and_is_named()
    {
        using var app = App(
            ("Retrieval:Embedder:Kind", "onnx-embedding"), ("Retrieval:Embedder:Folder", "/no/such/folder"));

        var failure = Assert.Throws<OptionsValidationException>(
            app.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(
            "Retrieval:Embedder:Folder cannot be used: there is no folder /no/such/folder", failure.Message,
            StringComparison.Ordinal);
    }

    private static string NameOf(WebApplication app) => app.Services.GetRequiredService<EmbedderIdentity>().Name;

    private static string? Input(string request)
    {
        using var body = JsonDocument.Parse(request);
        var input = body.RootElement.GetProperty("input");
        return input.ValueKind == JsonValueKind.Array ? input[0].GetString() : input.GetString();
    }

    private static (string, string)[] OpenAi(string address) =>
    [
        ("Retrieval:Embedder:Kind", "openai"),
        ("Retrieval:Embedder:Endpoint", address),
        ("Retrieval:Embedder:Model", "e5"),
        ("Retrieval:Embedder:Dimensions", "8"),
    ];

    private static WebApplication App(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddEmbedding();
        return builder.Build();
    }
}
