using AiStack.Console.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Xunit;

namespace AiStack.Tests.Console.Frame;

public sealed class SecurityHeadersTests
{
    [Theory]
    [InlineData("X-Content-Type-Options", "nosniff")]
    [InlineData("X-Frame-Options", "DENY")]
    [InlineData("Referrer-Policy", "no-referrer")]
    public async Task Whatever_the_Console_answers_browsers_are_told_to_be_careful_with_it(string header, string value)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.UseSecurityHeaders();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();

        using var response = await client.GetAsync(
            new Uri("/nothing", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal([value], response.Headers.GetValues(header));
    }
}
