using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Secrets;
using AiStack.Serving.Answers;
using AiStack.Serving.Caches;
using AiStack.Serving.Engines;
using AiStack.Serving.RemoteTools;
using CsCheck;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using ServerId = AiStack.Contracts.ToolServer;
using Xunit;

namespace AiStack.Tests.Serving.RemoteTools;

/// <summary>The rules behind tools of servers elsewhere, each by itself.</summary>
public sealed class RemoteToolRuleTests
{
    [Fact]
    public void Any_tool_has_a_name_that_functions_may_have_and_no_two_have_one()
    {
        var name = Gen.String["abcXYZ019_./-"].Where(text => text.Length is > 0 and <= 128);

        Gen.Select(name, name).Sample((one, other) =>
        {
            var (first, second) = (ToolName.Function("label", one), ToolName.Function("label", other));
            Assert.Matches(new Regex("^[a-zA-Z0-9_-]{1,64}$"), first);
            Assert.Equal(one == other, first == second);
        });
    }

    [Fact]
    public void What_calls_tools_of_servers_is_answered_once_and_for_its_caller()
    {
        var engine = new Engine("e", new ScriptedClient(), null, Generates: true, Price: null);
        var options = new ChatOptions { Tools = [Tool()] };
        var request = new AnswerRequest(
            engine with { Shadow = engine }, [new(ChatRole.User, "x")], options);

        Assert.Null(request.ForShadow());
        Assert.Null(CacheKey.Of(engine, request.Conversation, options, guards: null));
    }

    [Fact]
    public void What_is_sealed_opens_for_its_owner_and_by_its_key_alone()
    {
        var (mine, theirs) = (Box(1), Box(2));
        var owner = Id<ServerId>.New().Value;

        var box = mine.Seal(new Dictionary<string, string> { ["Authorization"] = "Bearer tök" }, owner);
        var again = mine.Seal(new Dictionary<string, string> { ["Authorization"] = "Bearer tök" }, owner);

        Assert.Equal("Bearer tök", mine.Open(box, owner)!["Authorization"]);
        Assert.NotEqual(box, again);
        Assert.Null(theirs.Open(box, owner));
        Assert.Null(mine.Open(box, Id<ServerId>.New().Value));
        box[^1] ^= 1;
        Assert.Null(mine.Open(box, owner));
    }

    [Fact]
    public void A_text_that_is_cut_has_whole_characters()
    {
        var cut = RemoteResult.Cut("ab\U0001F600cd", limit: 3, whole: 6, isCut: false);

        Assert.StartsWith("ab\n[The result was cut: these are the first 2 of its 6", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_has_room_for_a_result_and_for_all_results_of_an_answer()
    {
        var room = ResultRoom.In(contextTokens: 1_000, new());

        Assert.Equal([1_000, 1_000, 400, 0], new[] { 900, 700, 700, 1 }.Select(room.Take));
        Assert.Equal(32_000, ResultRoom.In(contextTokens: null, new()).Take(100_000));
    }

    [Theory]
    [InlineData("add\n")]
    [InlineData("")]
    public void A_name_ends_where_it_ends(string name) => Assert.False(ToolName.IsGood(name));

    private static SecretBox Box(byte key) => new(Options.Create(new IdentityOptions
    {
        SigningKey = Convert.ToBase64String([.. Enumerable.Repeat(key, 32)]),
    }), "test");

    private static McpTool Tool() => new(
        new(Id<ServerId>.New(), "calc", new("https://a.example"), null, null, true, null, true, default),
        "calc", null, [], new(true), new Dictionary<string, string>(), [], ToolFilter.All);

    private sealed class ScriptedClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It is not asked.");

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It is not asked.");

        public object? GetService(Type serviceType, object? serviceKey) => null;

        public void Dispose()
        {
        }
    }
}
