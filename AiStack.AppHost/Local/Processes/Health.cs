using System.Net;
using System.Text.Json;

namespace AiStack.AppHost.Local.Processes;

/// <summary>A check that a process did not pass, and what it said.</summary>
internal sealed record FailingCheck(string Name, string Text);

/// <summary>Tells whether a started process can be used.</summary>
internal interface IHealthProbe
{
    /// <summary>One try: what fails, and nothing when it is healthy.</summary>
    Task<IReadOnlyList<FailingCheck>> ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>Healthy when the address answers 200. Otherwise its answer names the checks that fail.</summary>
internal sealed class HttpHealth(Uri address) : IHealthProbe
{
    private static readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async Task<IReadOnlyList<FailingCheck>> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync(address, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? []
                : FailingOf(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return Only("it does not listen");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Only($"it did not answer in {_client.Timeout.TotalSeconds} s");
        }
    }

    private FailingCheck[] FailingOf(HttpStatusCode status, string body)
    {
        var fallback = $"it answered {(int)status}";
        try
        {
            var failing = JsonSerializer.Deserialize<Report>(body, JsonSerializerOptions.Web)?.Checks?
                .Where(check => check.Value != "Healthy")
                .Select(check => new FailingCheck(check.Key, check.Value))
                .ToArray();
            return failing is { Length: > 0 } ? failing : Only(fallback);
        }
        catch (JsonException)
        {
            return Only(fallback);
        }
    }

    private FailingCheck[] Only(string text) => [new FailingCheck(address.AbsolutePath, text)];

    private sealed record Report(Dictionary<string, string>? Checks);
}
