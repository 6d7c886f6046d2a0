using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving.Registry;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Serving.Guards;

/// <summary>Guards, as their callers use them.</summary>
internal static class GuardCalls
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A client of a new project with this policy.</summary>
    public static async Task<HttpClient> GuardedAsync(this RoutedServing serving, object policy)
    {
        var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.SetGuardsAsync(policy);
        return client;
    }

    public static async Task<JsonElement> SetGuardsAsync(this HttpClient client, object policy)
    {
        var (status, body) = await client.PutAsync(policy);
        Assert.True(status == HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(this HttpClient client, object policy)
    {
        using var response = await client.PutAsJsonAsync("/api/guards", policy, JsonDefaults.Options, Cancellation);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }

    public static object Pii(string input = "off", string passages = "off", string output = "off") =>
        new { pii = new { input, passages, output } };

    public static object Secrets(string input = "off", string passages = "off", string output = "off") =>
        new { secrets = new { input, passages, output } };

    /// <summary>What is told of the guards in an answer.</summary>
    public static string? Told(this JsonElement answer) =>
        answer.GetProperty("metadata").TryGetProperty("aistack.guards", out var told) ? told.GetString() : null;

    /// <summary>The messages of the last request to the model.</summary>
    public static string LastMessages(this ScriptedServer upstream) => string.Join('\n', JsonElement
        .Parse(upstream.Asked.Last()).GetProperty("messages").EnumerateArray()
        .Select(message => message.GetRawText()));

    /// <summary>The data of each event of a stream.</summary>
    public static async Task<List<JsonElement>> StreamAsync(this HttpClient client, string path, object request)
    {
        using var response = await client.PostAsJsonAsync(path, request, JsonDefaults.Options, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return
        [
            .. text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
                .Select(line => JsonElement.Parse(line[6..])),
        ];
    }

    /// <summary>Has the model say this, in parts of so many characters.</summary>
    public static Func<HttpContext, string, Task> Says(string text, int each = int.MaxValue) => (context, _) =>
        Upstream.SayAsync(context, [.. text.Chunk(Math.Min(each, text.Length)).Select(part => new string(part))]);

    /// <summary>Has Retrieval find a passage with this text.</summary>
    public static Passage Finds(this ScriptedServer retrieval, string text)
    {
        var passage = Found.Passage(text, 0.9);
        retrieval.Always(Found.Search(0.9, passage));
        return passage;
    }

    public static object Sourced(string question, string model = "openai", bool stream = false) => new
    {
        model, input = question, stream,
        tools = new[] { new { type = "file_search", vector_store_ids = new[] { Found.Store.ToString() } } },
    };
}
