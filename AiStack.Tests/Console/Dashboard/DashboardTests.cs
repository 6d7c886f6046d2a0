using AiStack.Console.Ask;
using AiStack.Console.SignIn;
using Xunit;

namespace AiStack.Tests.Console.Dashboard;

/// <summary>The ways from the Console to the tool that shows traces, metrics and logs.</summary>
public sealed class DashboardTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string TraceUrl = "Console:TraceUrl";
    private const string DashboardUrl = "Console:DashboardUrl";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:5082/traces/detail/{traceId}", $"http://127.0.0.1:5082/traces/detail/{Trace}")]
    [InlineData("https://jaeger.example/trace/{traceId}?ui=1", $"https://jaeger.example/trace/{Trace}?ui=1")]
    public async Task An_answer_leads_to_its_trace_in_a_new_tab(string template, string address)
    {
        await using var console = new ConsoleFactory((TraceUrl, template));

        var actions = await ActionsAsync(console, Trace);

        Assert.Contains(
            $"""<a class="plain-button" href="{address}" target="_blank" rel="noopener" """,
            actions,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_tab_kept_as_a_trace_id_stays_within_its_place_in_the_address()
    {
        await using var console = new ConsoleFactory((TraceUrl, "http://127.0.0.1:5082/traces/detail/{traceId}"));

        var actions = await ActionsAsync(console, "../../?x=1#");

        Assert.Contains("traces/detail/..%2F..%2F%3Fx%3D1%23\"", actions, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Trace)]
    [InlineData("", Trace)]
    [InlineData("http://127.0.0.1:5082/traces/detail/{traceId}", null)]
    public async Task Without_a_template_or_a_trace_an_answer_has_no_link_to_one(string? template, string? trace)
    {
        await using var console = template is null ? new ConsoleFactory() : new ConsoleFactory((TraceUrl, template));

        var actions = await ActionsAsync(console, trace);

        Assert.Contains("Code", actions, StringComparison.Ordinal);
        Assert.DoesNotContain("<a", actions, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Viewer, Roles.Admin, false)]
    [InlineData(Roles.Operator, Roles.Admin, false)]
    [InlineData(Roles.Admin, Roles.Admin, true)]
    [InlineData(Roles.Viewer, Roles.Viewer, true)]
    public async Task The_navigation_leads_those_to_the_dashboard_who_may_see_what_it_shows(
        string role, string needed, bool isLed)
    {
        await using var console = new ConsoleFactory(
            (DashboardUrl, "http://127.0.0.1:5082/login?t=secret"), ("Console:DashboardRole", needed));
        using var client = await console.SignInAsync(role, Token);

        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative), Token);

        Assert.Equal(isLed, page.Contains("href=\"http://127.0.0.1:5082/login?t=", StringComparison.Ordinal));
        Assert.Equal(isLed, page.Contains("t=secret", StringComparison.Ordinal));
        Assert.Equal(isLed, page.Contains("Watch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_dashboard_the_navigation_has_no_such_entry()
    {
        await using var console = new ConsoleFactory();
        using var client = await console.SignInAsync(Roles.Admin, Token);

        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative), Token);

        Assert.Contains("Usage", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Dashboard", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trace_of_an_answer_is_for_those_who_may_see_what_the_dashboard_shows()
    {
        await using var console = new ConsoleFactory((TraceUrl, "http://127.0.0.1:5082/traces/detail/{traceId}"));

        Assert.DoesNotContain("5082", await ActionsAsync(console, Trace, Roles.Operator), StringComparison.Ordinal);
    }

    // What stands below an answer.
    private static Task<string> ActionsAsync(ConsoleFactory console, string? trace, string role = Roles.Admin) =>
        console.DrawAsync<AnswerActions>(role, new()
        {
            [nameof(AnswerActions.Question)] = "How many?",
            [nameof(AnswerActions.Given)] = new TurnAnswer(new AskSettings(), null) { TraceId = trace },
        });
}
