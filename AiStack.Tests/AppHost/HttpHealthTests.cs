using AiStack.AppHost.Local.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class HttpHealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, """{"status":"Healthy","checks":{"cache":"Healthy"}}""", "")]
    [InlineData(503, """{"status":"Unhealthy","checks":{"self":"Healthy","cache":"Unhealthy"}}""", "cache: Unhealthy")]
    [InlineData(503, """{"status":"Unhealthy"}""", "/health: it answered 503")]
    [InlineData(500, "<html>", "/health: it answered 500")]
    public async Task The_checks_that_fail_are_told_by_name(int status, string body, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        await using var app = builder.Build();
        app.MapGet("/health", () => Results.Text(body, "application/json", statusCode: status));
        await app.StartAsync(Token);

        var failing = await new HttpHealth(new Uri(app.Urls.Single() + "/health")).ProbeAsync(Token);

        Assert.Equal(expected, string.Join(", ", failing.Select(check => $"{check.Name}: {check.Text}")));
    }

    [Fact]
    public async Task Where_nobody_listens_that_is_said()
    {
        var nowhere = new Uri($"{Fixtures.Ports.Nobody}/health");
        var failing = await new HttpHealth(nowhere).ProbeAsync(Token);

        Assert.Equal(new FailingCheck("/health", "it does not listen"), Assert.Single(failing));
    }
}
