using AiStack.Console.SignIn;
using AiStack.Tests.Console.Dashboard;
using Xunit;

namespace AiStack.Tests.Console.Frame;

/// <summary>How often a request is authorized.</summary>
public sealed class AuthorizationTests
{
    [Theory]
    [InlineData(CheckSignIn.Path, 1)]
    [InlineData("/nonsense", 2)] // The second time is for the page that says so.
    public async Task A_request_is_authorized_once_and_again_for_the_page_in_its_place(string path, int count)
    {
        await using var console = new ConsoleFactory();
        using var client = await console.SignInAsync(Roles.Viewer, TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        console.Authorizations.TakeCount();

        using var response = await client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(count, console.Authorizations.TakeCount());
    }
}
