using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiStack.Contracts.Search;

/// <summary>Searches passages and lists files, in the name of the caller whose token is given.</summary>
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
        return await SendAsync<PassageSearchResponse>(message, token, cancellationToken);
    }

    /// <summary>
    /// Returns up to <paramref name="most"/> (1 to 100) files of a store that can be searched, the newest first, and
    /// how many there are; or a fault, as a search does.
    /// </summary>
    public async Task<Outcome<StoreFiles>> ListFilesAsync(
        string storeId, int most, string token, CancellationToken cancellationToken)
    {
        var store = $"/v1/vector_stores/{Uri.EscapeDataString(storeId)}";
        using var count = new HttpRequestMessage(HttpMethod.Get, new Uri(store, UriKind.Relative));
        if (!(await SendAsync<Store>(count, token, cancellationToken)).TryGet(out var counted, out var fault))
        {
            return fault;
        }

        using var list = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{store}/files?filter=completed&limit={most}", UriKind.Relative));
        return (await SendAsync<Page>(list, token, cancellationToken)).TryGet(out var page, out fault)
            ? new StoreFiles(
                [.. page.Data.Select(file => new StoreFileName(file.Id, file.Filename))], counted.FileCounts.Completed)
            : fault;
    }

    private async Task<Outcome<T>> SendAsync<T>(
        HttpRequestMessage message, string token, CancellationToken cancellationToken)
        where T : notnull
    {
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(message, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return (await response.Content.ReadFromJsonAsync<T>(json, cancellationToken))!;
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

    private sealed record Store(Counts FileCounts);

    private sealed record Counts(int Completed);

    private sealed record Page(IReadOnlyList<File> Data);

    private sealed record File(Id<StoredFile> Id, string? Filename);

    private sealed record Problem(string? Detail, string? Parameter);
}

/// <summary>Files of a store that can be searched.</summary>
/// <param name="Files">Some of them, the newest first.</param>
/// <param name="Count">How many there are in all.</param>
public sealed record StoreFiles(IReadOnlyList<StoreFileName> Files, int Count);

/// <summary>A file of a store, and its name as the store gives it; null once it is deleted.</summary>
public sealed record StoreFileName(Id<StoredFile> Id, string? Filename);
