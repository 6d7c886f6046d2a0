using AiStack.Console.Ask;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Console.Start;
using AiStack.Tests.Console.Dashboard;
using AiStack.Tests.Serving;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>The Console has one key, which may do everything: who is shown it, and what it is used for.</summary>
public sealed class RoleKeyTests
{
    private const string Key = "sk-aistack-dev-0123456789012345678901234567";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Roles.Viewer, false)]
    [InlineData(Roles.Operator, false)]
    [InlineData(Roles.Admin, true)]
    public async Task The_development_key_is_shown_to_admins_alone(string role, bool isShown)
    {
        await using var console = new ConsoleFactory(("Console:ApiKey", Key));
        using var client = await console.SignInAsync(role, Token);

        string[] shown =
        [
            await client.GetStringAsync(new Uri("/", UriKind.Relative), Token),
            await console.DrawAsync<Snippets>(role, []),
            await console.DrawAsync<RequestCodePanel>(role, new()
            {
                [nameof(RequestCodePanel.Given)] = new TurnAnswer(new AskSettings(), storeTitle: null),
                [nameof(RequestCodePanel.Question)] = "How many?",
            }),
        ];

        Assert.All(shown, page => Assert.Equal(isShown, page.Contains(Key, StringComparison.Ordinal)));
        Assert.All(shown, page => Assert.Contains("OPENAI_API_KEY", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Roles.Viewer, null)]
    [InlineData(Roles.Operator, null)]
    [InlineData(Roles.Admin, "user%3AJ%C3%B6rg,group%3Ahr")]
    public async Task Only_an_admin_asks_as_somebody(string role, string? sent)
    {
        await using var gateway = await ScriptedServer.StartAsync();
        string? asked = null;
        gateway.Script = (context, _) =>
        {
            asked = context.Request.Headers["AiStack-Principals"].SingleOrDefault();
            return Task.CompletedTask;
        };
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Address) };
        var acting = new ActingRole(null);
        acting.Be(role);

        await new GatewayClient(http, acting).OpenAsync("/v1/responses", new { }, "user:Jörg, group:hr", Token);

        Assert.Equal(sent, asked);
    }

    [Theory]
    [InlineData(Roles.Viewer, "chat.write", "files.write")]
    [InlineData(Roles.Operator, "files.write", "admin")]
    [InlineData(Roles.Admin, "admin", "privacy.reveal")]
    [InlineData(Roles.PrivacyOfficer, "privacy.reveal", "-")]
    [InlineData("Emperor", "none", "files.read")]
    public async Task The_API_is_asked_with_the_scopes_of_the_persons_role(string role, string has, string lacks)
    {
        await using var gateway = await ScriptedServer.StartAsync();
        var asked = "";
        gateway.Script = (context, _) =>
        {
            asked = context.Request.Headers["X-AiStack-Scopes"].Single()!;
            return Task.CompletedTask;
        };
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Address) };
        var acting = new ActingRole(null);
        acting.Be(role);

        await new GatewayClient(http, acting).DeleteAsync("/v1/files/file-1", Token);

        var scopes = asked.Split(' ');
        Assert.Contains(has, scopes);
        Assert.DoesNotContain(lacks, scopes);
    }
}
