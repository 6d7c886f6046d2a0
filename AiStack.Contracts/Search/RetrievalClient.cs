using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiStack.Contracts.Search;

/// <summary>Searches passages, in the name of the caller whose token is given.</summary>
public sealed class RetrievalClient(HttpClient http, JsonSerializerOptions json)
{
    /// <summary>
    /// Returns the passages, or the fault that Retrieval found in the request (an unknown store, a bad filter). When
    /// Retrieval cannot be reached it throws <see cref="HttpRequestException"/>.
    /// </summary>
    public async Task<Outcome<PassageSearchResponse>> SearchAsync(
        PassageSearchRequest request, string token, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/internal/search", UriKind.Relative));
        message.Content = JsonContent.Create(request, options: json);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(message, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return (await response.Content.ReadFromJsonAsync<PassageSearchResponse>(json, cancellationToken))!;
        }

        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(json, cancellationToken);
            var code = response.StatusCode == HttpStatusCode.NotFound ? FaultCode.NotFound : FaultCode.InvalidArgument;
            return new Fault(code, problem?.Detail ?? "The search was refused.", problem?.Parameter);
        }

        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            return new Fault(FaultCode.Forbidden, "Your key may not search vector stores.", "vector_store_id");
        }

        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return new Fault(FaultCode.DependencyUnavailable, "Search cannot answer now. Try again soon.");
        }

        throw new HttpRequestException($"Retrieval answered {(int)response.StatusCode}.", null, response.StatusCode);
    }

    private sealed record Problem(string? Detail, string? Parameter);
}
