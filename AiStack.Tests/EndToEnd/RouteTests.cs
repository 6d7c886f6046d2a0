using System.Text.Json;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Requests that no endpoint takes are refused in OpenAI's shape, with what was wrong about them.</summary>
public sealed class RouteTests(StackFixture fixture)
{
    [Theory]
    [InlineData("PUT", "/v1/files", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/responses", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/models", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/assistants", 404, "not_found")]
    public async Task A_request_that_nothing_takes_is_refused_by_its_method_and_path(
        string method, string path, int status, string code)
    {
        var stack = await fixture.StackAsync(TestContext.Current.CancellationToken);
        using var client = stack.CreateClient();
        using var request = new HttpRequestMessage(new(method), new Uri(path, UriKind.Relative));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, body);
        var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains($"{method} ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(path, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }
}
