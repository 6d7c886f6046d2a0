using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;
using AiStack.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.Evals.Runs;

/// <summary>
/// A server that answers <c>POST /v1/responses</c> of a project as its test says: what these tests are about is Evals.
/// The end-to-end tests run evals against the real Serving.
/// </summary>
internal sealed class ScriptedServing : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Script> _scripts = [];

    private ScriptedServing()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/responses", (HttpRequest request, JsonElement body) =>
        {
            var question = body.GetProperty("input")[0].GetProperty("content").GetString()!;
            var claims = ReadClaims(request.Headers.Authorization.ToString());
            var script = _scripts[claims.GetProperty("project").GetString()!];
            script.Asked.Enqueue(new(question, body.Clone(), claims));
            return script.Answer(question);
        });
    }

    public string Address => _app.Urls.Single();

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<ScriptedServing> StartAsync()
    {
        var serving = new ScriptedServing();
        await serving._app.StartAsync();
        return serving;
    }

    /// <summary>
    /// From now on answers what <paramref name="project"/> asks by <paramref name="answer"/>, which is given the
    /// question. Returns the queue of all that it asks, in order.
    /// </summary>
    public ConcurrentQueue<Question> Answer(Id<Project> project, Func<string, Task<IResult>> answer) =>
        (_scripts[project.ToString()] = new(answer, [])).Asked;

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

    /// <summary>What an inner token says: the middle one of its three parts.</summary>
    private static JsonElement ReadClaims(string authorization) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(authorization.Split('.')[1]));

    internal sealed record Question(string Text, JsonElement Body, JsonElement Claims);

    private sealed record Script(Func<string, Task<IResult>> Answer, ConcurrentQueue<Question> Asked);
}
