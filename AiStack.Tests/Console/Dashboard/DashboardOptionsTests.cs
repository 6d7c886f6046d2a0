using AiStack.Console.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Console.Dashboard;

public sealed class DashboardOptionsTests
{
    private const string TraceUrl = "Console:TraceUrl";
    private const string DashboardUrl = "Console:DashboardUrl";

    [Theory]
    [InlineData(TraceUrl, "http://127.0.0.1:5082/traces/detail/")]
    [InlineData(TraceUrl, "http://127.0.0.1:5082/traces/detail/{TRACEID}")]
    [InlineData(TraceUrl, "/traces/detail/{traceId}")]
    [InlineData(TraceUrl, "javascript:alert({traceId})")]
    [InlineData(DashboardUrl, "127.0.0.1:5082")]
    [InlineData(DashboardUrl, "/dashboard")]
    [InlineData(DashboardUrl, "javascript:alert(1)")]
    public void A_wrong_address_stops_the_Console_and_its_setting_is_named(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Start(setting, value));

        Assert.Contains(setting, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TraceUrl, "https://grafana.example/explore?left={\"query\":\"{traceId}\"}")]
    [InlineData(DashboardUrl, "https://dashboard.example:18888/login?t=abc")]
    public void An_address_of_any_tool_is_taken(string setting, string value) => Start(setting, value);

    private static void Start(string setting, string value)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration[setting] = value;
        builder.AddDashboard();
        using var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
    }
}
