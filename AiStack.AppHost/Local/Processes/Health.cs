using System.Net;

namespace AiStack.AppHost.Local.Processes;

/// <summary>Tells whether a started process can be used yet.</summary>
internal interface IHealthProbe
{
    /// <summary>One try: <c>null</c> when healthy, otherwise what it said.</summary>
    Task<string?> ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>Healthy when the address answers 200.</summary>
internal sealed class HttpHealth(Uri address) : IHealthProbe
{
    private static readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync(address, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? null
                : $"{address.AbsolutePath} answered {(int)response.StatusCode}: "
                    + await response.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (HttpRequestException)
        {
            return "it does not listen yet";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{address.AbsolutePath} did not answer in {_client.Timeout.TotalSeconds} s";
        }
    }
}
