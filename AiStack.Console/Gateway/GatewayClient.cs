using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Console.Gateway;

/// <summary>
/// Calls the Gateway in a person's role. Refusals, and a Gateway that cannot be reached, come back as faults to show.
/// </summary>
internal sealed class GatewayClient(HttpClient http, ActingRole role)
{
    private const string ScopesHeader = "X-AiStack-Scopes";

    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(30);

    private static readonly Fault _unreachable = new(
        FaultCode.DependencyUnavailable,
        "The API cannot be reached. It may be starting or restarting; try again soon.");

    public Task<Outcome<T>> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : notnull =>
        CallAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    public Task<Outcome<T>> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
        where T : notnull =>
        CallAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Posts JSON and says for whom: what is recorded names them.</summary>
    public Task<Outcome<T>> PostAsync<T>(
        string path, object body, string askedFor, CancellationToken cancellationToken)
        where T : notnull =>
        CallAsync<T>(HttpMethod.Post, path, body, cancellationToken, askedFor);

    public Task<Outcome<T>> PutAsync<T>(string path, object body, CancellationToken cancellationToken)
        where T : notnull =>
        CallAsync<T>(HttpMethod.Put, path, body, cancellationToken);

    public Task<Outcome<T>> DeleteAsync<T>(string path, CancellationToken cancellationToken)
        where T : notnull =>
        CallAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>Deletes something; the answer has no body.</summary>
    public async Task<Fault?> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_callLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, path);
            using var response = await SendAsync(request, limit.Token);
            return response.IsSuccessStatusCode ? null : await GatewayFault.ReadAsync(response, limit.Token);
        }
        catch (Exception exception) when (
            IsBroken(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return _unreachable;
        }
    }

    /// <summary>Sends a body of any length as it comes, and reads the JSON answer.</summary>
    public async Task<Outcome<T>> SendAsync<T>(string path, HttpContent body, CancellationToken cancellationToken)
        where T : notnull
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        return await SendAsync<T>(request, cancellationToken);
    }

    /// <summary>
    /// Posts JSON and gives the answer as soon as its first line is there, for answers that are streams.
    /// </summary>
    /// <param name="askedFor">
    /// For whom it is asked, with commas between: only an admin can ask as somebody. Empty for nobody in particular.
    /// </param>
    public async Task<Outcome<HttpResponseMessage>> OpenAsync(
        string path, object body, string askedFor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, options: JsonDefaults.Options),
        };
        if (askedFor.Length > 0 && (await role.ScopesAsync()).Contains(Scopes.Admin))
        {
            request.Headers.Add(Principals.Header, Encoded(askedFor));
        }

        return await OpenAsync(request, cancellationToken);
    }

    /// <summary>Gives an answer of any length as it comes.</summary>
    public async Task<Outcome<HttpResponseMessage>> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await OpenAsync(request, cancellationToken);
    }

    private async Task<Outcome<HttpResponseMessage>> OpenAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                return await GatewayFault.ReadAsync(response, cancellationToken);
            }
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return _unreachable;
        }
    }

    private async Task<Outcome<T>> CallAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken, string? askedFor = null)
        where T : notnull
    {
        using var request = new HttpRequestMessage(method, path);
        if (askedFor is not null)
        {
            request.Headers.Add(Principals.Header, Encoded(askedFor));
        }

        request.Content = body is null ? null : JsonContent.Create(body, options: JsonDefaults.Options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_callLimit);
        try
        {
            return await SendAsync<T>(request, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return _unreachable with
            {
                Message = $"The API did not answer within {_callLimit.TotalSeconds:F0} seconds.",
            };
        }
    }

    private async Task<Outcome<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : notnull
    {
        try
        {
            using var response = await SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync<T>(JsonDefaults.Options, cancellationToken))!
                : await GatewayFault.ReadAsync(response, cancellationToken);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return _unreachable;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // An empty header could get lost on the way, and with it the limit.
        var scopes = await role.ScopesAsync();
        request.Headers.Add(ScopesHeader, scopes is [] ? "none" : string.Join(' ', scopes));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static string Encoded(string principals) => string.Join(
        Principals.Separator,
        principals.Split(Principals.Separator, StringSplitOptions.TrimEntries).Select(Uri.EscapeDataString));

    // The second is thrown where a connection breaks in the middle of a body, the third where it is not even tried.
    private static bool IsBroken(Exception exception) =>
        exception is HttpRequestException or IOException or Polly.ExecutionRejectedException;
}
