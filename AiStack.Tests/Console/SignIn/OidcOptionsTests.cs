using AiStack.Console.SignIn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

public sealed class OidcOptionsTests
{
    [Theory]
    [InlineData("http://login.example.com", "aistack", "https")]
    [InlineData("ftp://127.0.0.1", "aistack", "https")]
    [InlineData("https://login.example.com", "", "Console:Oidc:ClientId")]
    public void A_wrong_setting_stops_the_Console_and_is_named(string authority, string clientId, string named)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["Console:Oidc:Authority"] = authority;
        builder.Configuration["Console:Oidc:ClientId"] = clientId;
        builder.AddOidc();
        using var host = builder.Build();

        var failure = Assert.Throws<OptionsValidationException>(
            host.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("staff", Roles.Viewer)]
    [InlineData("staff,ops", Roles.Operator)]
    [InlineData("ops,root", Roles.Admin)]
    [InlineData("root,privacy", Roles.PrivacyOfficer)]
    [InlineData("", Roles.Viewer)]
    public void The_greatest_role_counts_and_without_a_viewers_role_everybody_is_one(string values, string role)
    {
        var options = new OidcOptions
        {
            AdminRole = "root", OperatorRole = "ops", PrivacyOfficerRole = "privacy",
        };

        Assert.Equal(role, options.RoleOf(values.Split(',')));
    }

    [Fact]
    public void With_a_viewers_role_a_person_without_one_gets_none() =>
        Assert.Null(new OidcOptions { AdminRole = "root", ViewerRole = "readers" }.RoleOf(["staff"]));

    [Theory]
    [InlineData("/files?store=vs_1#x", "/files?store=vs_1#x")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/login?t=abc", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData(null, "/")]
    public void A_sign_in_leads_back_into_the_Console_and_nowhere_else(string? path, string expected) =>
        Assert.Equal(expected, ReturnPath.Safe(path));
}
