using AiStack.ServiceDefaults.Telemetry;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>Which requests are traced.</summary>
public sealed class TracedRequestsTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/ask")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/models/llama3.1")]
    [InlineData("/v1/files/file-1/content")]
    public void What_a_person_asks_for_is_traced(string path) => Assert.True(TelemetryExtensions.IsTraced(path));

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/_content/Library/site.css")]
    [InlineData("/favicon.ico")]
    [InlineData("/app.abc123.css")]
    [InlineData("/fonts/sans.WOFF2")]
    public void What_a_page_or_a_probe_loads_by_itself_is_not(string path) =>
        Assert.False(TelemetryExtensions.IsTraced(path));
}
