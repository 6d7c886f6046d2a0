using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What a model's server is asked, in the form that every server takes.</summary>
public sealed class UpstreamRequestTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task There_is_one_system_message_and_it_is_the_first(bool hasSources)
    {
        serving.Retrieval.Always(Found.Search(.9, Found.Passage("Holidays are 27 days.", .9)));

        var asked = await AskAsync(serving.Service, "/v1/chat/completions", new
        {
            model = "openai",
            messages = new[]
            {
                Message("system", "You are the HR bot."),
                Message("user", "Hello?"),
                Message("assistant", "Hello."),
                Message("developer", "Answer in rhymes."),
                Message("user", "How many days?"),
            },
            vector_store_ids = hasSources ? new[] { Found.Store.ToString() } : null,
        });

        var messages = asked.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(
            ["system", "user", "assistant", "user"], messages.Select(each => each.GetProperty("role").GetString()));
        var system = messages[0].GetProperty("content").ToString();
        Assert.Contains("You are the HR bot.\n\nAnswer in rhymes.", Text(messages[0]), StringComparison.Ordinal);
        Assert.Equal(hasSources, system.Contains("Holidays are 27 days.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Instructions_and_the_system_messages_of_earlier_turns_are_one_message()
    {
        var asked = await AskAsync(serving.Service, "/v1/responses", new
        {
            model = "openai",
            instructions = "Be kind.",
            input = new[] { Message("user", "Hello?"), Message("system", "Be brief.") },
        });

        var messages = asked.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["system", "user"], messages.Select(each => each.GetProperty("role").GetString()));
        Assert.Equal("Be kind.\n\nBe brief.", Text(messages[0]));
    }

    [Fact]
    public async Task Without_a_system_message_none_is_sent()
    {
        var asked = await AskAsync(serving.Service, "/v1/responses", new { model = "openai", input = "Hello?" });

        var message = Assert.Single(asked.GetProperty("messages").EnumerateArray());
        Assert.Equal("user", message.GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("max_tokens", new[] { "max_tokens" })]
    [InlineData("max_completion_tokens", new[] { "max_completion_tokens" })]
    [InlineData("both", new[] { "max_completion_tokens", "max_tokens" })]
    [InlineData("", new[] { "max_tokens" })]
    public async Task The_longest_answer_is_told_by_the_field_that_the_server_knows(string setting, string[] fields)
    {
        await using var service = setting.Length == 0
            ? serving.Start()
            : serving.Start(("Serving:OpenAi:MaxTokensField", setting));

        var asked = await AskAsync(
            service, "/v1/responses", new { model = "openai", input = "Hello?", max_output_tokens = 77 });

        var told = asked.EnumerateObject()
            .Where(field => field.Name.StartsWith("max_", StringComparison.Ordinal)).ToList();
        Assert.Equal(fields, told.Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.All(told, field => Assert.Equal(77, field.Value.GetInt32()));
    }

    private static object Message(string role, string content) => new { role, content };

    private static string Text(JsonElement message) => message.GetProperty("content") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        var parts => parts[0].GetProperty("text").GetString()!,
    };

    private async Task<JsonElement> AskAsync(
        ServiceFactory<AiStack.Serving.Engines.EngineCatalog> service, string path, object request)
    {
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");
        using var client = service.CreateClient(PostgresFixture.NewProject());
        using var response = await client.PostAsJsonAsync(path, request, Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return JsonElement.Parse(serving.Upstream.Asked.Last());
    }
}
