using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>A project with a store of two documents, one for everybody and one for some; and people who ask.</summary>
internal sealed class PrincipalProject(RunningStack stack, OpenAiProject files) : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Store { get; private set; } = "";

    /// <summary>The document that is for some.</summary>
    public string File { get; private set; } = "";

    public static async Task<PrincipalProject> NewAsync(RunningStack stack, string principal, string word)
    {
        var project = new PrincipalProject(stack, await OpenAiProject.NewAsync(stack));
        project.Store = await project.Files.StoreAsync(OpenAiProject.Expenses);
        project.File = await project.Files.UploadAsync(
            ("bonus.md", $"# Bonus\n\nThe bonus of the board is paid in {word} coins."));
        await project.AskAsync(
            null, $"/v1/vector_stores/{project.Store}/files",
            new { file_id = project.File, principals = new[] { principal } });
        await project.Files.CompletedAsync(project.Store);
        await project.Files.EmbeddedAsync(project.Store);
        return project;
    }

    private OpenAiProject Files => files;

    /// <summary>The public API for those who are these principals; null for nobody in particular.</summary>
    public HttpClient Http(string? principals)
    {
        var http = new HttpClient { BaseAddress = stack.Api };
        _clients.Add(http);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", files.Key);
        if (principals is not null)
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation("AiStack-Principals", principals);
        }

        return http;
    }

    public object Response(string question, bool? background = null, string? conversation = null) => new
    {
        model = "extractive",
        input = question,
        background,
        conversation,
        tools = new[] { new { type = "file_search", vector_store_ids = new[] { Store } } },
        include = new[] { "file_search_call.results" },
    };

    /// <summary>A question by each way that there is.</summary>
    public IEnumerable<(string Path, object Body)> Questions()
    {
        const string Question = "What is the bonus of the board paid in?";
        yield return ($"/v1/vector_stores/{Store}/search", new { query = Question, include = new[] { "section" } });
        yield return ("/v1/responses", Response(Question));
        yield return (
            "/v1/chat/completions",
            new
            {
                model = "extractive",
                vector_store_ids = new[] { Store },
                messages = new[] { new { role = "user", content = Question } },
            });
    }

    public async Task<string> AskAsync(string? principals, string path, object body)
    {
        using var response = await Http(principals).PostAsJsonAsync(path, body, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    public async Task<HttpStatusCode> StatusAsync(string? principals, string path, object? body = null)
    {
        var uri = new Uri(path, UriKind.Relative);
        using var response = body is null
            ? await Http(principals).GetAsync(uri, Cancellation)
            : await Http(principals).PostAsJsonAsync(uri, body, Cancellation);
        return response.StatusCode;
    }

    public async Task<HttpStatusCode> DeletedAsync(string? principals, string path)
    {
        using var response = await Http(principals).DeleteAsync(new Uri(path, UriKind.Relative), Cancellation);
        return response.StatusCode;
    }

    /// <summary>What a tool of assistants says.</summary>
    public async Task<string> ToolAsync(string? principals, string tool, object arguments)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = JsonContent.Create(new
            {
                jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = tool, arguments },
            }),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var response = await Http(principals).SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    public async Task<string> UploadAsync(string purpose, string name, string text)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" },
            { new StringContent(text), "file", name },
        };
        using var response = await Http(null).PostAsync(new Uri("/v1/files", UriKind.Relative), form, Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        return ValueTask.CompletedTask;
    }
}
