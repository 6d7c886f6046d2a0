using AiStack.AppHost.Local.Feed;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class ResourceLogsTests
{
    private readonly Redaction _redaction = new();
    private readonly ResourceLogs _logs;

    public ResourceLogsTests() => _logs = new ResourceLogs(_redaction, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_newest_lines_of_each_resource_are_kept_and_a_chatty_one_does_not_push_out_another()
    {
        _logs.Add("quiet", LogSource.Output, "only");
        for (var i = 1; i <= ResourceLogs.MaxLines + 10; i++)
        {
            _logs.Add("chatty", LogSource.Output, $"{i}");
        }

        var chatty = _logs.After(0, "chatty");
        Assert.Equal(ResourceLogs.MaxLines, chatty.Count);
        Assert.Equal(("11", $"{ResourceLogs.MaxLines + 10}"), (chatty[0].Text, chatty[^1].Text));
        Assert.Equal("only", Assert.Single(_logs.After(0, "quiet")).Text);
        Assert.Equal(ResourceLogs.MaxLines + 1, _logs.After(0, null).Count);
    }

    [Fact]
    public void Long_lines_make_place_before_there_are_many()
    {
        var line = new string('x', ResourceLogs.MaxLineLength);
        var most = ResourceLogs.MaxCharacters / line.Length;
        for (var i = 0; i < most + 10; i++)
        {
            _logs.Add("chatty", LogSource.Output, line);
        }

        _logs.Add("chatty", LogSource.Output, "last");

        var kept = _logs.After(0, "chatty");
        Assert.InRange(kept.Sum(one => one.Text.Length), 1, ResourceLogs.MaxCharacters);
        Assert.Equal((most + 1, "last"), (kept.Count, kept[^1].Text));
    }

    [Fact]
    public void A_secret_across_the_end_of_a_line_that_is_cut_does_not_show_its_beginning()
    {
        _redaction.Keep("a-secret-of-the-stack");

        var before = new string('x', ResourceLogs.MaxLineLength - 10);
        _logs.Add("a", LogSource.Output, $"{before}a-secret-of-the-stack, said");

        Assert.DoesNotContain("a-secret", Assert.Single(_logs.After(0, "a")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_all_resources_have_one_order_and_are_read_on_from_any_of_them()
    {
        _logs.Add("a", LogSource.Output, "1");
        _logs.Add("b", LogSource.Error, "2");
        _logs.Add("a", LogSource.Host, "3");

        var all = _logs.After(0, null);

        Assert.Equal(["1", "2", "3"], all.Select(line => line.Text));
        Assert.Equal([LogSource.Output, LogSource.Error, LogSource.Host], all.Select(line => line.Source));
        Assert.Equal(["2", "3"], _logs.After(all[0].Sequence, null).Select(line => line.Text));
        Assert.Empty(_logs.After(all[2].Sequence, null));
    }

    [Fact]
    public async Task A_follower_gets_what_is_there_and_then_what_comes()
    {
        _logs.Add("a", LogSource.Output, "before");
        await using var lines = _logs.FollowAsync(0, null, Token).GetAsyncEnumerator(Token);

        Assert.True(await lines.MoveNextAsync());
        Assert.Equal("before", Assert.Single(lines.Current).Text);
        var next = lines.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _logs.Add("a", LogSource.Output, "after");

        Assert.True(await next);
        Assert.Equal("after", Assert.Single(lines.Current).Text);
    }

    [Fact]
    public void A_line_of_megabytes_is_cut_and_says_so()
    {
        _logs.Add("a", LogSource.Output, new string('x', 2_000_000));

        var text = Assert.Single(_logs.After(0, null)).Text;
        Assert.EndsWith("… (2000000 characters)", text, StringComparison.Ordinal);
        Assert.True(text.Length < ResourceLogs.MaxLineLength + 50);
    }

    [Fact]
    public void A_secret_that_a_program_prints_is_hidden()
    {
        _redaction.Keep("swordfish-swordfish");

        _logs.Add("a", LogSource.Output, "the key is swordfish-swordfish");

        Assert.Equal("the key is ••••", Assert.Single(_logs.After(0, null)).Text);
    }
}
