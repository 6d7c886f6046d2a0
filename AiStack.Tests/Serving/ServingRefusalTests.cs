using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What cannot be done is refused by its name.</summary>
public sealed class ServingRefusalTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    [Theory]
    [InlineData("""{}""", "model")]
    [InlineData("""{"model":"default"}""", "input")]
    [InlineData("""{"model":"default","input":null}""", "input")]
    [InlineData("""{"model":"default","input":7}""", "input")]
    [InlineData("""{"model":"default","input":[]}""", "input")]
    [InlineData("""{"model":7,"input":"x"}""", "model")]
    [InlineData("""{"model":"default","input":"x","inputs":"y"}""", "inputs")]
    [InlineData("""{"model":"default","input":"x","background":7}""", "background")]
    [InlineData("""{"model":"default","input":"x","conversation":1}""", "conversation")]
    [InlineData("""{"model":"default","input":"x","truncation":"middle"}""", "truncation")]
    [InlineData("""{"model":"default","input":"x","top_logprobs":3}""", "top_logprobs")]
    [InlineData("""{"model":"default","input":"x","reasoning":{"effort":"high"}}""", "reasoning.effort")]
    [InlineData("""{"model":"openai","input":"x","reasoning":{"effort":"huge"}}""", "reasoning.effort")]
    [InlineData("""{"model":"default","input":"x","text":{"format":{"type":"json_schema"}}}""", "text.format.name")]
    [InlineData("""{"model":"default","input":"x","text":{"format":{"type":"json_object"}}}""", "text.format")]
    [InlineData(
        """{"model":"openai","input":"x","text":{"format":{"type":"json_schema","name":"n","schema":7}}}""",
        "text.format.schema")]
    [InlineData("""{"model":"default","input":"x","text":{"verbosity":"low"}}""", "text.verbosity")]
    [InlineData("""{"model":"default","input":"x","include":["message.output_text.logprobs"]}""", "top_logprobs")]
    [InlineData("""{"model":"default","input":"x","include":["everything"]}""", "include[0]")]
    [InlineData("""{"model":"default","input":"x","temperature":3}""", "temperature")]
    [InlineData("""{"model":"default","input":"x","top_p":-0.1}""", "top_p")]
    [InlineData("""{"model":"default","input":"x","max_output_tokens":0}""", "max_output_tokens")]
    [InlineData("""{"model":"default","input":"x","metadata":{"a":1}}""", "metadata.a")]
    [InlineData("""{"model":"default","input":"x","tools":[{"type":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"model":"default","input":"x","tools":[null]}""", "tools[0].type")]
    [InlineData("""{"model":"default","input":"x","tools":[{"type":"file_search"}]}""", "tools[0].vector_store_ids")]
    [InlineData(
        """{"model":"default","input":"x","tools":[{"type":"file_search","vector_store_ids":[]}]}""",
        "tools[0].vector_store_ids")]
    [InlineData(
        """
        {"model":"default","input":"x",
         "tools":[{"type":"file_search","vector_store_ids":["vs_1"],"max_num_results":0}]}
        """,
        "tools[0].max_num_results")]
    [InlineData(
        """{"model":"default","input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_1"],"limit":5}]}""",
        "tools[0].limit")]
    [InlineData(
        """{"model":"default","input":"x","tools":[{"type":"function","name":"f","parameters":{}}]}""",
        "tools")]
    [InlineData("""{"model":"openai","input":"x","tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"model":"openai","input":"x","tools":[{"type":"function","name":"a b"}]}""", "tools[0].name")]
    [InlineData(
        """{"model":"openai","input":"x","tools":[{"type":"function","name":"file_search"}]}""", "tools[0].name")]
    [InlineData(
        """{"model":"openai","input":"x","tools":[{"type":"function","name":"f","parameters":[]}]}""",
        "tools[0].parameters")]
    [InlineData(
        """
        {"model":"openai","input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"f"}]}
        """,
        "tools[1].name")]
    [InlineData("""{"model":"openai","input":"x","tool_choice":{"type":"function","name":"f"}}""", "tool_choice")]
    [InlineData("""{"model":"default","input":"x","text":{"style":"plain"}}""", "text.style")]
    [InlineData("""{"model":"default","input":"x","tool_choice":"web_search"}""", "tool_choice")]
    [InlineData("""{"model":"default","input":[{"role":"robot","content":"x"}]}""", "input[0].role")]
    [InlineData("""{"model":"default","input":[{"type":"function_call_output"}]}""", "input[0].call_id")]
    [InlineData("""{"model":"default","input":[{"type":"computer_call"}]}""", "input[0].type")]
    [InlineData(
        """{"model":"openai","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""", "input")]
    [InlineData(
        """{"model":"openai","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""",
        "input")]
    [InlineData(
        """{"model":"default","input":[{"role":"user","content":[{"type":"input_image"}]}]}""",
        "input[0].content[0].image_url")]
    [InlineData(
        """
        {"model":"default","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a.b/c.png"}]}]}
        """,
        "input")]
    [InlineData(
        """{"model":"openai","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:,x"}]}]}""",
        "input[0].content[0].image_url")]
    [InlineData(
        """{"model":"default","input":[{"role":"user","content":[{"type":"input_text"}]}]}""",
        "input[0].content[0].text")]
    [InlineData("""{"model":"default","input":[{"role":"user"}]}""", "input[0].content")]
    public async Task A_response_that_cannot_be_made_names_the_field(string body, string field) =>
        await AssertRefusedAsync("/v1/responses", body, HttpStatusCode.BadRequest, field);

    [Theory]
    [InlineData("""{"model":"default"}""", "messages")]
    [InlineData("""{"model":"default","messages":[]}""", "messages")]
    [InlineData("""{"model":"default","messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""",
        "messages[0].content[0].image_url")]
    [InlineData("""{"model":"default","messages":[{"role":"user","content":"x"}],"stop":"\ud800"}""", "stop")]
    [InlineData("""{"model":"default","messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"model":"default","messages":[{"role":"user","content":"x"}],"logprobs":true}""", "logprobs")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""",
        "tools[0].function.name")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""",
        "response_format")]
    [InlineData("""{"model":"default","messages":[{"role":"user","content":"x"}],"stop":"."}""", "stop")]
    [InlineData("""{"model":"openai","messages":[{"role":"user","content":"x"}],"stop":[1]}""", "stop")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true}}""",
        "stream_options")]
    [InlineData(
        """
        {"model":"default","messages":[{"role":"user","content":"x"}],
         "stream":true,"stream_options":{"include_cost":true}}
        """,
        "stream_options.include_cost")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"vector_store_ids":[]}""", "vector_store_ids")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"max_completion_tokens":0}""",
        "max_completion_tokens")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"presence_penalty":2.5}""",
        "presence_penalty")]
    [InlineData(
        """{"model":"default","messages":[{"role":"user","content":"x"}],"vector_store_id":"vs_1"}""",
        "vector_store_id")]
    public async Task A_chat_completion_that_cannot_be_made_names_the_field(string body, string field) =>
        await AssertRefusedAsync("/v1/chat/completions", body, HttpStatusCode.BadRequest, field);

    [Theory]
    [InlineData(
        "/v1/responses",
        """
        {"model":"default","input":"x","user":"u","safety_identifier":"s","prompt_cache_key":"k","max_tool_calls":3,
         "parallel_tool_calls":true,"stream_options":{"include_obfuscation":false},"service_tier":"default",
         "background":false,"truncation":"disabled","top_logprobs":0,"reasoning":{},"conversation":null,
         "text":{"format":{"type":"text"},"verbosity":"medium"}}
        """)]
    [InlineData(
        "/v1/chat/completions",
        """
        {"model":"default","messages":[{"role":"user","content":"x"}],"user":"u","prediction":{"type":"content"},
         "parallel_tool_calls":false,"n":1,"service_tier":"auto","logprobs":false,"top_logprobs":0,"logit_bias":{},
         "tools":[],"tool_choice":"none","functions":[],"function_call":"auto","response_format":{"type":"text"},
         "modalities":["text"],"audio":null,"reasoning_effort":null,"verbosity":"medium"}
        """)]
    public async Task A_field_that_asks_for_nothing_is_accepted(string path, string body)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_field_that_is_not_supported_is_refused_with_the_reason()
    {
        var error = await AssertRefusedAsync(
            "/v1/responses",
            """{"model":"default","input":"x","service_tier":"flex"}""",
            HttpStatusCode.BadRequest,
            "service_tier");

        Assert.Equal(
            "'service_tier' is not supported here: there is one tier.",
            error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("/v1/responses", """{"model":"gpt-17","input":"x"}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-17","messages":[{"role":"user","content":"x"}]}""")]
    public async Task An_unknown_model_is_not_found(string path, string body)
    {
        var error = await AssertRefusedAsync(path, body, HttpStatusCode.NotFound, "model");

        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"model":"default","input":"a\u0000b"}""", "input")]
    [InlineData("""{"model":"default","input":"\ud800"}""", "input")]
    [InlineData(
        """{"model":"default","input":[{"role":"user","content":[{"type":"input_text","text":"\udc00"}]}]}""",
        "input[0].content[0].text")]
    [InlineData("""{"model":"default","input":"x","instructions":"\u0000"}""", "instructions")]
    [InlineData("""{"model":"default","input":"x","metadata":{"a":"\u0000"}}""", "metadata.a")]
    [InlineData(
        """{"model":"default","input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_\u0000"]}]}""",
        "tools[0].vector_store_ids[0]")]
    [InlineData(
        """{"model":"default","input":"x","tools":[{"vector_store_ids":["vs_1"],"filters":{"value":"\u0000"}}]}""",
        "tools[0].filters.value")]
    [InlineData("""{"model":"default","input":"x","tool_choice":"\ud800"}""", "tool_choice")]
    [InlineData("""{"model":"default","input":"x","metadata":{"\u0000":"a"}}""", "metadata.\0")]
    [InlineData("""{"model":"default","input":"x","prompt_cache_retention":["\ud800"]}""", "prompt_cache_retention[0]")]
    public async Task Characters_that_cannot_be_kept_are_refused(string body, string field) =>
        await AssertRefusedAsync("/v1/responses", body, HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task Input_that_is_too_long_is_refused_with_the_limit()
    {
        var body = JsonSerializer.Serialize(new { model = "default", input = new string('x', 20_001) });

        var error = await AssertRefusedAsync("/v1/responses", body, HttpStatusCode.BadRequest, "input");

        Assert.Contains("20000", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "/v1/responses",
        """
        {"model":"default","input":"x","stream":true,
         "tools":[{"type":"file_search","vector_store_ids":["vs_none"]}]}
        """,
        "tools[0].vector_store_ids")]
    [InlineData(
        "/v1/responses",
        """{"model":"default","input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_none"]}]}""",
        "tools[0].vector_store_ids")]
    [InlineData(
        "/v1/chat/completions",
        """
        {"model":"default","messages":[{"role":"user","content":"x"}],
         "vector_store_ids":["vs_none"],"stream":true}
        """,
        "vector_store_ids")]
    public async Task An_unknown_store_is_not_found_even_when_streaming(string path, string body, string field)
    {
        serving.Retrieval.Always(
            new { detail = "There is no vector store 'vs_none'.", parameter = "vector_store_ids" }, 404);

        var error = await AssertRefusedAsync(path, body, HttpStatusCode.NotFound, field);

        Assert.Contains("vs_none", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_search_is_down_the_answer_is_503_with_retry_after(bool stream)
    {
        serving.Retrieval.Always(new { }, 503);
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new
            {
                model = "default",
                input = "x",
                stream,
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { "vs_1" } } },
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Another_projects_response_is_not_found()
    {
        using var owner = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var other = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var made = await owner.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "x" }, TestContext.Current.CancellationToken);
        var response = await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var path = $"/v1/responses/{response.GetProperty("id").GetString()}";

        using var ofOwner = await owner.GetAsync(path, TestContext.Current.CancellationToken);
        using var ofOther = await other.GetAsync(path, TestContext.Current.CancellationToken);
        using var continued = await other.PostAsJsonAsync(
            "/v1/responses",
            new { model = "default", input = "x", previous_response_id = response.GetProperty("id").GetString() },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, ofOwner.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, ofOther.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, continued.StatusCode);
    }

    [Fact]
    public async Task A_key_without_the_scope_may_not_ask()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject(), Scopes.FilesRead);

        using var response = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "default", input = "x" }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData(
        "/v1/responses",
        """{"model":"default","input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]}""",
        "tools[0].vector_store_ids")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"default","messages":[{"role":"user","content":"x"}],"vector_store_ids":["vs_1"]}""",
        "vector_store_ids")]
    public async Task A_key_that_may_only_ask_gets_no_words_of_documents(string path, string body, string field)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject(), Scopes.ChatWrite);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(
            TestContext.Current.CancellationToken)).GetProperty("error");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Contains("vector_stores.read", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_made_from_sources_is_neither_read_back_nor_continued_by_a_key_that_may_only_ask()
    {
        serving.Retrieval.Always(Found.Search(.9, Found.Passage("Bicycles are serviced in April.", .2, .9, .1)));
        var project = PostgresFixture.NewProject();
        using var reader = serving.Service.CreateClient(project, Scopes.ChatWrite, Scopes.VectorStoresRead);
        using var asker = serving.Service.CreateClient(project, Scopes.ChatWrite);
        var sourced = await AskAsync(reader, new
        {
            model = "default",
            input = "When are bicycles serviced?",
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { "vs_1" } } },
        });
        var plain = await AskAsync(reader, new { model = "default", input = "x" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), await ReachAsync(asker, sourced));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await ReachAsync(asker, plain));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await ReachAsync(reader, sourced));
    }

    private static async Task<string> AskAsync(HttpClient client, object request)
    {
        using var made = await client.PostAsJsonAsync("/v1/responses", request, TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))
            .GetProperty("id").GetString()!;
    }

    private static async Task<(HttpStatusCode Read, HttpStatusCode Continued)> ReachAsync(
        HttpClient client, string response)
    {
        using var read = await client.GetAsync($"/v1/responses/{response}", TestContext.Current.CancellationToken);
        using var continued = await client.PostAsJsonAsync(
            "/v1/responses",
            new { model = "default", input = "x", previous_response_id = response },
            TestContext.Current.CancellationToken);
        return (read.StatusCode, continued.StatusCode);
    }

    private async Task<JsonElement> AssertRefusedAsync(string path, string body, HttpStatusCode status, string field)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(
            TestContext.Current.CancellationToken)).GetProperty("error");
        Assert.Equal((status, field), (response.StatusCode, error.GetProperty("param").GetString()));
        return error;
    }
}
