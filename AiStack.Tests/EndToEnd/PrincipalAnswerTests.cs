using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>
/// A document that is for Ann alone, on the real stack: by no way and from no memory do others get a word of it.
/// </summary>
public sealed class PrincipalAnswerTests(StackFixture fixture)
{
    private const string Ann = "user:ann@example.com, group:hr";
    private const string Bob = "user:bob@example.com";

    /// <summary>A word that no other document has.</summary>
    private const string Hidden = "krumhornium";

    private const string Question = "What is the bonus of the board paid in?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_get_different_answers_citations_and_results()
    {
        await using var project = await ProjectAsync();

        foreach (var (path, body) in project.Questions())
        {
            Assert.Contains(Hidden, await project.AskAsync(Ann, path, body), StringComparison.Ordinal);
            foreach (var other in new[] { Bob, "", null })
            {
                var told = await project.AskAsync(other, path, body);
                Assert.DoesNotContain(Hidden, told, StringComparison.Ordinal);
                Assert.DoesNotContain("bonus.md", told, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_longest_header_passes_every_service()
    {
        await using var project = await ProjectAsync();
        var header = string.Join(',', Enumerable.Range(0, 68).Select(i => $"{i:000}{new string('"', 236)}"));

        foreach (var (path, body) in project.Questions())
        {
            Assert.Contains(
                Hidden, await project.AskAsync($"{header},group:hr", path, body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Which_documents_there_are_is_told_only_as_far_as_they_may_be_found()
    {
        await using var project = await ProjectAsync();
        var body = project.Response("Which documents do you have?");

        var (ann, bob, nobody) = (
            await project.AskAsync(Ann, "/v1/responses", body), await project.AskAsync(Bob, "/v1/responses", body),
            await project.AskAsync(null, "/v1/responses", body));

        Assert.Contains("bonus.md", ann, StringComparison.Ordinal);
        Assert.All([bob, nobody], told =>
        {
            Assert.Contains("expenses.md", told, StringComparison.Ordinal);
            Assert.DoesNotContain("bonus.md", told, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_kept_answer_is_given_again_only_to_the_same_people()
    {
        await using var project = await ProjectAsync();
        using var set = await project.Http(null).PutAsJsonAsync(
            "/api/cache", new { max_age_seconds = 600 }, Cancellation);
        Assert.True(set.IsSuccessStatusCode);
        var body = project.Response(Question);

        var first = await project.AskAsync(Ann, "/v1/responses", body);
        var bob = await project.AskAsync(Bob, "/v1/responses", body);
        var again = await project.AskAsync("group:hr,user:ann@example.com", "/v1/responses", body);

        Assert.Contains(Hidden, first, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, bob, StringComparison.Ordinal);
        Assert.Contains("\"hit\"", again, StringComparison.Ordinal);
        Assert.Contains(Hidden, again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_made_in_the_background_is_made_and_read_for_those_who_asked()
    {
        await using var project = await ProjectAsync();
        var queued = JsonElement.Parse(await project.AskAsync(
            Ann, "/v1/responses", project.Response(Question, background: true)));
        var path = $"/v1/responses/{queued.GetProperty("id").GetString()}";

        var made = await Eventually.ReadAsync(
            () => project.Http(Ann).GetStringAsync(new Uri(path, UriKind.Relative), Cancellation),
            now => JsonElement.Parse(now).GetProperty("status").GetString() == "completed");

        Assert.Contains(Hidden, made, StringComparison.Ordinal);
        foreach (var other in new[] { Bob, null })
        {
            using var read = await project.Http(other).GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            using var cancelled = await project.Http(other).PostAsync($"{path}/cancel", null, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, await project.DeletedAsync(other, path));
            Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, cancelled.StatusCode);
        }
    }

    [Fact]
    public async Task A_batch_is_answered_for_those_who_asked()
    {
        await using var project = await ProjectAsync();
        var line = JsonSerializer.Serialize(new
        {
            custom_id = "a", method = "POST", url = "/v1/responses", body = project.Response(Question),
        });
        var file = await project.UploadAsync("batch", "lines.jsonl", line);

        Assert.Contains(Hidden, await AnswersAsync(Ann), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, await AnswersAsync(Bob), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, await AnswersAsync(null), StringComparison.Ordinal);

        async Task<string> AnswersAsync(string? principals)
        {
            var batch = JsonElement.Parse(await project.AskAsync(
                principals, "/v1/batches",
                new { input_file_id = file, endpoint = "/v1/responses", completion_window = "24h" }));
            var path = new Uri($"/v1/batches/{batch.GetProperty("id").GetString()}", UriKind.Relative);
            var ended = await Eventually.ReadAsync(
                () => project.Http(principals).GetFromJsonAsync<JsonElement>(path, Cancellation),
                now => now.GetProperty("status").GetString() == "completed");
            var output = ended.GetProperty("output_file_id").GetString();
            return await project.Http(principals).GetStringAsync(
                new Uri($"/v1/files/{output}/content", UriKind.Relative), Cancellation);
        }
    }

    [Fact]
    public async Task What_was_said_to_one_is_not_read_back_or_gone_on_with_by_another()
    {
        await using var project = await ProjectAsync();
        var answer = JsonElement.Parse(await project.AskAsync(Ann, "/v1/responses", project.Response(Question)));
        var id = answer.GetProperty("id").GetString()!;
        var more = new { model = "extractive", input = "What did you say?", previous_response_id = id };
        var conversation = JsonElement.Parse(
            await project.AskAsync(Ann, "/v1/conversations", new { })).GetProperty("id").GetString()!;
        await project.AskAsync(Ann, "/v1/responses", project.Response(Question, conversation: conversation));

        var items = JsonElement.Parse(await project.Http(Ann).GetStringAsync(
            new Uri($"/v1/conversations/{conversation}/items", UriKind.Relative), Cancellation)).GetProperty("data");
        var item = $"/v1/conversations/{conversation}/items/{items[0].GetProperty("id").GetString()}";

        foreach (var other in new[] { Bob, "group:hr", null })
        {
            Assert.Equal(HttpStatusCode.NotFound, await project.StatusAsync(other, $"/v1/responses/{id}"));
            Assert.Equal(HttpStatusCode.NotFound, await project.StatusAsync(other, $"/v1/responses/{id}/input_items"));
            Assert.Equal(HttpStatusCode.NotFound, await project.StatusAsync(other, "/v1/responses", more));
            Assert.Equal(HttpStatusCode.Forbidden, await project.StatusAsync(
                other, "/v1/responses", new { model = "extractive", input = "And?", conversation }));
            var told = await project.Http(other).GetStringAsync(
                new Uri($"/v1/conversations/{conversation}/items", UriKind.Relative), Cancellation);
            Assert.DoesNotContain(Hidden, told, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, await project.DeletedAsync(other, $"/v1/responses/{id}"));
            Assert.Equal(HttpStatusCode.NotFound, await project.DeletedAsync(other, item));
        }

        Assert.Equal(HttpStatusCode.OK, await project.DeletedAsync(Ann, item));
        var wider = $"{Ann},group:more";
        Assert.Equal(HttpStatusCode.OK, await project.StatusAsync(wider, $"/v1/responses/{id}"));
        Assert.Equal(HttpStatusCode.OK, await project.StatusAsync(wider, "/v1/responses", more));
        // Who goes on with it has made it theirs.
        Assert.Equal(HttpStatusCode.OK, await project.StatusAsync(Ann, "/v1/responses", more));
    }

    [Fact]
    public async Task A_stored_chat_is_there_for_those_alone_for_whom_it_was_asked()
    {
        await using var project = await ProjectAsync();
        var chat = JsonElement.Parse(await project.AskAsync(
            Ann,
            "/v1/chat/completions",
            new
            {
                model = "extractive",
                store = true,
                vector_store_ids = new[] { project.Store },
                messages = new[] { new { role = "user", content = Question } },
            }));
        var path = $"/v1/chat/completions/{chat.GetProperty("id").GetString()}";

        foreach (var other in new[] { Bob, null })
        {
            Assert.Equal(HttpStatusCode.NotFound, await project.StatusAsync(other, path));
            Assert.Equal(HttpStatusCode.NotFound, await project.StatusAsync(other, $"{path}/messages"));
            Assert.Equal(HttpStatusCode.NotFound, await project.DeletedAsync(other, path));
            var listed = await project.Http(other).GetStringAsync(
                new Uri("/v1/chat/completions", UriKind.Relative), Cancellation);
            Assert.DoesNotContain(Hidden, listed, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, await project.StatusAsync(Ann, path));
    }

    [Fact]
    public async Task The_tools_of_assistants_find_and_read_for_those_who_ask()
    {
        await using var project = await ProjectAsync();
        var arguments = new { query = Question, vector_store_ids = new[] { project.Store } };

        Assert.Contains(Hidden, await project.ToolAsync(Ann, "search", arguments), StringComparison.Ordinal);
        Assert.Contains(
            Hidden, await project.ToolAsync(Ann, "get_file", new { file_id = project.File }), StringComparison.Ordinal);
        foreach (var told in new[]
        {
            await project.ToolAsync(Bob, "search", arguments),
            await project.ToolAsync(null, "search", arguments),
            await project.ToolAsync(Bob, "get_file", new { file_id = project.File }),
            await project.ToolAsync(Bob, "list_files", new { }),
        })
        {
            Assert.DoesNotContain(Hidden, told, StringComparison.Ordinal);
            Assert.DoesNotContain("bonus.md", told, StringComparison.Ordinal);
        }
    }

    private async Task<PrincipalProject> ProjectAsync() =>
        await PrincipalProject.NewAsync(await fixture.StackAsync(Cancellation), "group:hr", Hidden);
}
