using System.Net;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults.Outbound;
using AiStack.Serving.RemoteTools;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Serving.RemoteTools;

/// <summary>Servers of tools that fail, are slow, say nonsense, or lead elsewhere.</summary>
public sealed class RemoteToolFailureTests(RemoteToolServing serving) : IClassFixture<RemoteToolServing>
{
    private const string Ask = """{"model":"openai","input":"x","tools":[{"type":"mcp","server_label":"calc"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_of_this_network_is_not_connected_to()
    {
        await using var server = await ToolServer.StartAsync();
        var project = PostgresFixture.NewProject();
        using var client = serving.CreateClient(project);
        var secure = server.Url.Replace("http://", "https://", StringComparison.Ordinal);
        await client.AddServerAsync(server, new { url = secure });
        await client.AddServerAsync(
            server,
            new { label = "named", url = secure.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) });
        await client.AddServerAsync(server, new { label = "plain" });
        using var strict = serving.Start(("Serving:Mcp:AllowPrivateAddresses", "false"));
        using var theirs = strict.CreateClient(project);

        var byNumber = await theirs.TryAsync(Ask);
        var byName = await theirs.TryAsync(Ask.Replace("calc", "named", StringComparison.Ordinal));
        var plain = await theirs.TryAsync(Ask.Replace("calc", "plain", StringComparison.Ordinal));

        Assert.All(new[] { byNumber, byName }, refused =>
        {
            Assert.Equal(HttpStatusCode.FailedDependency, refused.Status);
            Assert.Contains("not of the public internet", refused.Body.Error().Message, StringComparison.Ordinal);
        });
        Assert.Equal(HttpStatusCode.FailedDependency, plain.Status);
        Assert.Contains("its address is not https", plain.Body.Error().Message, StringComparison.Ordinal);
        Assert.Empty(server.Authorizations);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_of_the_public_internet_are_told_from_others(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.Has(IPAddress.Parse(address)));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = await ToolServer.StartAsync();
        await using var server = await ToolServer.StartAsync();
        server.Before = context =>
        {
            context.Response.Redirect(other.Url, permanent: false, preserveMethod: true);
            return Task.FromResult(true);
        };

        var (status, body) = await TryAsync(server);

        Assert.Equal(HttpStatusCode.FailedDependency, status);
        Assert.Equal(
            "The MCP server 'calc' did not list its tools: it leads to another address, which is not followed.",
            body.Error().Message);
        Assert.Empty(other.Authorizations);
    }

    [Fact]
    public async Task An_older_server_that_sends_messages_elsewhere_is_not_followed()
    {
        await using var other = await ToolServer.StartAsync();
        await using var server = await ToolServer.StartAsync();
        server.Before = async context =>
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return true;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"event: endpoint\ndata: {other.Url}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        var (status, body) = await TryAsync(server);

        Assert.Equal(HttpStatusCode.FailedDependency, status);
        Assert.Contains("it leads to another address", body.Error().Message, StringComparison.Ordinal);
        Assert.NotEmpty(server.Authorizations);
        Assert.Empty(other.Authorizations);
    }

    [Theory]
    [InlineData(401, "text/plain", "secret words", "the status 401")]
    [InlineData(500, "text/plain", "secret words", "the status 500")]
    [InlineData(200, "text/html", "<html>secret words</html>", "Model Context Protocol")]
    [InlineData(200, "application/json", "{\"secret\":1}", "Model Context Protocol")]
    [InlineData(200, "text/event-stream", "data: secret\n\n", "Model Context Protocol")]
    public async Task Nonsense_ends_the_answer_and_names_the_server(
        int status, string type, string said, string reason)
    {
        await using var server = await ToolServer.StartAsync();
        server.Before = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(said, Cancellation);
            return true;
        };

        var (code, body) = await TryAsync(server);

        Assert.Equal(HttpStatusCode.FailedDependency, code);
        Assert.StartsWith(
            "The MCP server 'calc' did not list its tools: ", body.Error().Message, StringComparison.Ordinal);
        Assert.Contains(reason, body.Error().Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_tells_which_list_failed_and_ends_as_failed()
    {
        await using var server = await ToolServer.StartAsync();
        server.Before = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        using var service = serving.Start(("Serving:FirstWordsWithin", "00:00:00"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.AddServerAsync(server);

        var events = await client.StreamAsync(
            Ask.Replace("\"input\"", "\"stream\":true,\"input\"", StringComparison.Ordinal));

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.mcp_list_tools.in_progress", "response.mcp_list_tools.failed", "response.output_item.done",
                "response.failed",
            ],
            events.Select(told => told.Text("type")));
        var item = Assert.Single(events[^1].GetProperty("response").Output());
        Assert.Contains("the status 503", item.Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_not_waited_for()
    {
        await using var server = await ToolServer.StartAsync();
        server.Before = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        using var service = serving.Start(("Serving:Mcp:ConnectTimeout", "00:00:00.5"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.AddServerAsync(server);

        var (status, body) = await client.TryAsync(Ask);

        Assert.Equal(HttpStatusCode.FailedDependency, status);
        Assert.Contains("it took too long", body.Error().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "its list of tools is too long")]
    [InlineData(false, "it has 1000 tools")]
    public async Task A_list_without_an_end_is_not_read_to_it(bool isEmpty, string reason)
    {
        await using var server = await ToolServer.StartAsync();
        server.NextPage = "more";
        server.Tools.Clear();
        for (var i = 0; i < (isEmpty ? 0 : 1_000); i++)
        {
            server.Tools.Add(ToolServer.Describe($"t{i}", ""));
        }

        using var service = serving.Start(("Serving:Mcp:ConnectTimeout", "00:01:00"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.AddServerAsync(server, new { allowed_tools = isEmpty ? null : Names(500) });

        var (status, body) = await client.TryAsync(Ask);

        Assert.Equal(HttpStatusCode.FailedDependency, status);
        Assert.Contains(reason, body.Error().Message, StringComparison.Ordinal);
        Assert.Equal(isEmpty ? ListReader.MaxPages : 2, server.Listed);
    }

    [Theory]
    [InlineData("slow", "it took too long")]
    [InlineData("gone", "did not answer the call")]
    [InlineData("huge", "longer than Serving:Mcp:MaxAnswerBytes")]
    [InlineData("refuses", "no such thing")]
    public async Task A_call_that_fails_is_told_to_the_model_and_the_answer_goes_on(string how, string error)
    {
        await using var server = await ToolServer.StartAsync();
        server.Script = async (_, cancellationToken) =>
        {
            if (how == "slow")
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return how == "huge" ? ToolServer.Says(new('x', 3 << 20)) : ToolServer.Says("no such thing", isError: true);
        };
        server.Before = async context =>
        {
            if (how != "gone" || !HttpMethods.IsPost(context.Request.Method))
            {
                return false;
            }

            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8, leaveOpen: true);
            var isCall = (await reader.ReadToEndAsync(Cancellation)).Contains("tools/call", StringComparison.Ordinal);
            context.Request.Body.Position = 0;
            if (isCall)
            {
                context.Abort();
            }

            return isCall;
        };
        using var service = serving.Start(("Serving:Mcp:CallTimeout", "00:00:01"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.AddServerAsync(server);
        serving.Model.Script = RemoteToolSteps.Calls(("calc__add", "{}"));

        var response = await client.AskAsync(Ask);

        var call = response.First("mcp_call");
        Assert.Equal(("failed", JsonValueKind.Null), (call.Text("status"), call.GetProperty("output").ValueKind));
        Assert.Contains(error, call.Text("error"), StringComparison.Ordinal);
        Assert.Equal($"It said: The call failed: {call.Text("error")}", response.Message());
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public async Task Arguments_that_are_no_plain_object_are_not_sent(string arguments)
    {
        await using var server = await ToolServer.StartAsync();
        using var client = serving.CreateClient();
        await client.AddServerAsync(server);
        serving.Model.Script = RemoteToolSteps.Calls(("calc__add", arguments));

        var response = await client.AskAsync(Ask);

        Assert.Equal(
            "Its arguments are no JSON object, or have a name twice.", response.First("mcp_call").Text("error"));
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task A_long_result_is_cut_and_says_so()
    {
        await using var server = await ToolServer.StartAsync();
        server.Script = (_, _) => Task.FromResult(ToolServer.Says(new('x', 5_000)));
        using var service = serving.Start(("Serving:Mcp:MaxResultCharacters", "1000"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.AddServerAsync(server);
        serving.Model.Script = RemoteToolSteps.Calls(("calc__add", "{}"));

        var response = await client.AskAsync(Ask);

        var output = response.First("mcp_call").Text("output");
        Assert.Equal(
            new string('x', 1_000) + "\n[The result was cut: these are the first 1000 of its 5000 characters.]",
            output);
        Assert.Equal($"It said: {output}", response.Message());
    }

    [Fact]
    public async Task A_server_with_too_many_tools_or_too_large_ones_says_what_to_name()
    {
        await using var server = await ToolServer.StartAsync();
        using var service = serving.Start(
            ("Serving:Mcp:MaxTools", "1"), ("Serving:Mcp:MaxSchemaCharacters", "64"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        var made = await client.AddServerAsync(server);

        var many = await client.TryAsync(Ask);
        using var changed = await client.PostAsync(
            $"/api/mcp-servers/{made.Text("id")}",
            new StringContent("""{"allowed_tools":["add"]}""", Encoding.UTF8, "application/json"),
            Cancellation);
        server.Tools[0].InputSchema = JsonElement.Parse(
            $$"""{"type":"object","description":"{{new string('d', 100)}}"}""");
        var large = await client.TryAsync(Ask);

        Assert.Contains("it has 2 tools, and 1 may be offered", many.Body.Error().Message, StringComparison.Ordinal);
        Assert.Contains("the schema of its tool 'add'", large.Body.Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_leaves_takes_the_call_along()
    {
        await using var server = await ToolServer.StartAsync();
        var (began, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Script = async (_, cancellationToken) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            return ToolServer.Says("late");
        };
        using var service = serving.Start(("Serving:Mcp:CallTimeout", "00:05:00"));
        var project = PostgresFixture.NewProject();
        using var client = service.CreateClient(project);
        await client.AddServerAsync(server);
        serving.Model.Script = RemoteToolSteps.Calls(("calc__add", "{}"));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var content = new StringContent(Ask, Encoding.UTF8, "application/json");

        var asking = client.PostAsync("/v1/responses", content, leaving.Token);
        await began.Task.WaitAsync(Cancellation);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"t{i}")];

    private async Task<(HttpStatusCode Status, JsonElement Body)> TryAsync(ToolServer server)
    {
        using var client = serving.CreateClient();
        await client.AddServerAsync(server);
        return await client.TryAsync(Ask);
    }
}
