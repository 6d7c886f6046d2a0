using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What is said to somebody who only says hello, or asks which documents there are.</summary>
public sealed class SmallTalkTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_greeting_is_returned_and_names_documents()
    {
        var project = PostgresFixture.NewProject();
        await StoreOfAsync(project, "travel-policy.docx");

        var response = await AskAsync(project, "Hello!");

        Assert.Equal(
            "Hello! Ask me what the documents say, and I quote the passage that answers. "
            + "There are, for example, Travel policy.",
            TextOf(response));
        AssertIsNoAnswer(response);
    }

    [Fact]
    public async Task Documents_are_listed_by_name()
    {
        var project = PostgresFixture.NewProject();
        await StoreOfAsync(project, "leave.md", "Expenses.pdf");

        var response = await AskAsync(project, "Which documents do you have?");

        Assert.Equal("There are 2 documents:\n- Expenses.pdf\n- leave.md", TextOf(response));
        AssertIsNoAnswer(response);
    }

    [Fact]
    public async Task Of_many_documents_fifty_are_listed_and_the_others_are_counted()
    {
        var project = PostgresFixture.NewProject();
        await StoreOfAsync(project, [.. Enumerable.Range(0, 53).Select(i => $"{i:00}.md")]);

        var lines = TextOf(await AskAsync(project, "list all documents")).Split('\n');

        Assert.Equal(52, lines.Length);
        Assert.Equal("There are 53 documents:", lines[0]);
        Assert.Equal("... and 3 more.", lines[^1]);
    }

    [Fact]
    public async Task Documents_of_another_project_are_not_listed()
    {
        await StoreOfAsync(PostgresFixture.NewProject(), "secret.md");

        var response = await AskAsync(PostgresFixture.NewProject(), "Which documents do you have?");

        Assert.DoesNotContain("secret", TextOf(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_store_is_refused_by_its_parameter()
    {
        serving.Retrieval.Always(new { detail = "There is no such store.", parameter = "vector_store_id" }, 404);
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var response = await client.PostAsJsonAsync("/v1/responses", Body("hi"), Cancellation);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(
            "tools[0].vector_store_ids", await response.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_sure_an_answer_is_is_told_streamed_or_not_and_recorded()
    {
        var project = PostgresFixture.NewProject();
        serving.Retrieval.Always(Found.Search(.9, Found.Passage("Everybody has 27 days of paid holiday.", .9)));
        using var client = serving.Service.CreateClient(project);

        var whole = await AskAsync(project, "How many days of holiday?");
        using var streamed = await client.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = "default", stream = true, vector_store_ids = new[] { Found.Store.ToString() },
                messages = new[] { new { role = "user", content = "How many days of holiday?" } },
            },
            Cancellation);

        var told = whole.GetProperty("metadata");
        Assert.Equal("found", told.GetProperty("aistack.confidence").GetString());
        Assert.Matches(@"^0\.\d{1,3}$", told.GetProperty("aistack.support").GetString());
        var annotation = whole.GetProperty("output")[1].GetProperty("content")[0].GetProperty("annotations")[0];
        Assert.Equal(
            ("answer", "Leave", "Days", 0, 0, 38),
            (annotation.GetProperty("part").GetString(), annotation.GetProperty("document").GetString(),
                annotation.GetProperty("section").GetString(), annotation.GetProperty("text_start").GetInt32(),
                annotation.GetProperty("best_start").GetInt32(), annotation.GetProperty("best_end").GetInt32()));
        Assert.Contains(
            "\"aistack.confidence\":\"found\"", await streamed.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
        Assert.Equal(["found", "found"], await ConfidencesAsync(project));
    }

    private static void AssertIsNoAnswer(JsonElement response)
    {
        var message = Assert.Single(response.GetProperty("output").EnumerateArray());
        Assert.Equal("message", message.GetProperty("type").GetString());
        Assert.Empty(message.GetProperty("content")[0].GetProperty("annotations").EnumerateArray());
        Assert.False(response.GetProperty("metadata").TryGetProperty("aistack.refused", out _));
        Assert.False(response.GetProperty("metadata").TryGetProperty("aistack.confidence", out _));
    }

    /// <summary>A store in which a project's files of these names are.</summary>
    private async Task StoreOfAsync(Id<Project> project, params string[] names)
    {
        var ids = names.Select(_ => Id<StoredFile>.New()).ToList();
        await using var database = NpgsqlDataSource.Create(serving.OwnerConnectionString);
        foreach (var (id, name) in ids.Zip(names))
        {
            await using var insert = database.CreateCommand(
                """
                insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
                values ($1, $2, $3, 'assistants', 'text/plain', sha256('x'), 1, now())
                """);
            insert.Parameters.Add(new() { Value = id.Value });
            insert.Parameters.Add(new() { Value = project.Value });
            insert.Parameters.Add(new() { Value = name });
            await insert.ExecuteNonQueryAsync(Cancellation);
        }

        serving.Retrieval.Script = (context, _) =>
        {
            if (!context.Request.Path.Value!.EndsWith("/files", StringComparison.Ordinal))
            {
                return context.Response.WriteAsJsonAsync(new { file_counts = new { completed = ids.Count } });
            }

            var limit = int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture);
            var files = ids.Zip(names, (id, filename) => new { id = $"{id}", filename });
            return context.Response.WriteAsJsonAsync(new { data = files.Take(limit) });
        };
    }

    private async Task<JsonElement> AskAsync(Id<Project> project, string said)
    {
        using var client = serving.Service.CreateClient(project);
        using var response = await client.PostAsJsonAsync("/v1/responses", Body(said), Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private async Task<List<string>> ConfidencesAsync(Id<Project> project)
    {
        await using var database = NpgsqlDataSource.Create(serving.OwnerConnectionString);
        await using var select = database.CreateCommand(
            "select confidence from serving.completion where project_id = $1 and support between 0 and 1");
        select.Parameters.Add(new() { Value = project.Value });
        await using var reader = await select.ExecuteReaderAsync(Cancellation);
        List<string> confidences = [];
        while (await reader.ReadAsync(Cancellation))
        {
            confidences.Add(reader.GetString(0));
        }

        return confidences;
    }

    private static object Body(string said) => new
    {
        model = "extractive", input = said,
        tools = new[] { new { type = "file_search", vector_store_ids = new[] { Found.Store.ToString() } } },
    };

    private static string TextOf(JsonElement response) => response.GetProperty("output").EnumerateArray().Last()
        .GetProperty("content")[0].GetProperty("text").GetString()!;
}
