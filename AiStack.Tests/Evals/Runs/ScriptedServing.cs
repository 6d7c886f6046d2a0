using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.Evals.Runs;

/// <summary>
/// A server that answers <c>POST /v1/responses</c> as its test says: what these tests are about is Evals. The
/// end-to-end tests run evals against the real Serving.
/// </summary>
internal sealed class ScriptedServing : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServing(Func<string, Task<IResult>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/responses", (HttpRequest request, JsonElement body) =>
        {
            var question = body.GetProperty("input")[0].GetProperty("content").GetString()!;
            Asked.Enqueue(new(question, body.Clone(), request.Headers.Authorization.ToString()));
            return answer(question);
        });
    }

    /// <summary>All that was asked so far, in order.</summary>
    public ConcurrentQueue<Question> Asked { get; } = [];

    public string Address => _app.Urls.Single();

    /// <summary>Starts a server on a free port; <paramref name="answer"/> is given the question.</summary>
    public static async Task<ScriptedServing> StartAsync(Func<string, Task<IResult>> answer)
    {
        var serving = new ScriptedServing(answer);
        await serving._app.StartAsync();
        return serving;
    }

    /// <summary>
    /// A response that finds <paramref name="results"/>, cites <paramref name="cited"/> and says <paramref
    /// name="text"/>.
    /// </summary>
    public static IResult Response(
        string text, string[] results, string[] cited, bool refused = false) => Results.Json(new
    {
        id = $"resp_{Guid.CreateVersion7():N}",
        status = "completed",
        model = "scripted",
        output = new object[]
        {
            new { type = "file_search_call", results = results.Select(File).ToArray() },
            new
            {
                type = "message",
                content = new[]
                {
                    new { type = "output_text", text, annotations = cited.Select(File).ToArray() },
                },
            },
        },
        usage = new { input_tokens = 100, output_tokens = 10, total_tokens = 110 },
        metadata = refused ? new Dictionary<string, string> { ["aistack.refused"] = "true" } : [],
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static object File(string filename) =>
        new { type = "file_citation", file_id = $"file-{filename}", filename };

    internal sealed record Question(string Text, JsonElement Body, string Authorization);
}
