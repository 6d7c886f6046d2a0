using System.Net;
using System.Text.RegularExpressions;
using AiStack.Console.SignIn;
using AiStack.Tests.Console.Dashboard;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>What ends a sign-in, and what other sites may not do with it.</summary>
public sealed partial class SignOutTests : IDisposable
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("aistack-console-keys-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _keys.Delete(recursive: true);

    [Fact]
    public async Task A_copy_of_a_cookie_that_was_signed_out_is_nobodys_also_after_the_Console_restarts()
    {
        string cookie;
        await using (var console = NewConsole())
        {
            using var client = Client(console);
            cookie = await SignInAsync(console, client);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, cookie));

            Assert.Equal(HttpStatusCode.Redirect, await SignOutAsync(client, cookie));
            Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(client, cookie)); // To the page to sign in at.
        }

        await using var restarted = NewConsole();
        using var again = Client(restarted);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(again, cookie));
    }

    [Fact]
    public async Task A_cookie_that_was_not_signed_out_is_good_after_the_Console_restarts()
    {
        string cookie;
        await using (var console = NewConsole())
        {
            using var client = Client(console);
            cookie = await SignInAsync(console, client);
        }

        await using var restarted = NewConsole();
        using var again = Client(restarted);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(again, cookie));
    }

    [Fact]
    public async Task Signing_out_takes_a_token_of_the_persons_own_page()
    {
        await using var console = NewConsole();
        using var client = Client(console);
        var cookie = await SignInAsync(console, client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/logout");
        request.Headers.Add("Cookie", cookie);

        using var refused = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, cookie));
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData("http://localhost", 200)]
    [InlineData("http://localhost:81", 403)]
    [InlineData("https://localhost", 403)]
    [InlineData("http://localhost.evil.example", 403)]
    [InlineData("null", 403)]
    public async Task A_circuit_is_opened_by_pages_of_the_Console_alone(string? origin, int status)
    {
        await using var console = NewConsole();
        using var client = Client(console);
        var cookie = await SignInAsync(console, client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Cookie", cookie);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_web_socket_of_another_origin_is_refused()
    {
        await using var console = NewConsole();
        using var client = Client(console);
        var cookie = await SignInAsync(console, client);
        var sockets = console.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request =>
        {
            request.Headers.Cookie = cookie;
            request.Headers.Origin = "https://evil.example";
        };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => sockets.ConnectAsync(new Uri("ws://localhost/_blazor"), Token));

        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
    }

    private ConsoleFactory NewConsole() => new(("Console:KeysDirectory", _keys.FullName));

    private static HttpClient Client(ConsoleFactory console) => console.CreateClient(
        new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });

    private static async Task<string> SignInAsync(ConsoleFactory console, HttpClient client)
    {
        var link = console.Services.GetRequiredService<LoginLinks>().Make(Roles.Admin);
        using var signedIn = await client.GetAsync(new Uri($"/login?t={link}", UriKind.Relative), Token);
        return CookiesOf(signedIn);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string cookie)
    {
        using var page = await GetPageAsync(client, cookie);
        return page.StatusCode;
    }

    // As its form does: with the token of the page, and the cookie that goes with it.
    private static async Task<HttpStatusCode> SignOutAsync(HttpClient client, string cookie)
    {
        using var page = await GetPageAsync(client, cookie);
        var token = TokenField().Match(await page.Content.ReadAsStringAsync(Token)).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/logout");
        request.Headers.Add("Cookie", $"{cookie}; {CookiesOf(page)}");
        request.Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
        using var response = await client.SendAsync(request, Token);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetPageAsync(HttpClient client, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/files");
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Accept", "text/html");
        return await client.SendAsync(request, Token);
    }

    private static string CookiesOf(HttpResponseMessage response) => string.Join(
        "; ", response.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
