namespace AiStack.Ingest.Connectors.Web;

/// <summary>
/// Reads a store's lists and errors itself, as far as a limit: the libraries of stores hold them in memory, however
/// long they are. What is in an object goes through as it comes.
/// </summary>
internal sealed class BoundedAnswers : DelegatingHandler
{
    private const long MaxBytes = 32 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && !IsList(request.RequestUri!.Query))
        {
            return response;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>As S3 and Azure write it.</summary>
    private static bool IsList(string query) => query.Contains("list-type=", StringComparison.Ordinal)
        || query.Contains("comp=list", StringComparison.Ordinal);
}
