using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.HttpJson;

/// <summary>Asks an API for its pages, one after the other, with our secrets and to nobody else.</summary>
internal sealed partial class JsonPages(
    SourceHttp http, TimeProvider time, IReadOnlyDictionary<string, string> headers, HttpJsonSettings settings)
{
    private const int MaxTries = 5;
    private const int MaxDepth = 64;

    private static readonly TimeSpan _maxWait = TimeSpan.FromMinutes(5);

    /// <summary>A page, and the link to the next that its headers have (RFC 8288); the caller disposes it.</summary>
    /// <exception cref="SourceException">It cannot be had.</exception>
    public async Task<(JsonDocument Page, string? Next)> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(address, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new SourceException(response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    $"{address.Authority} does not let us in: it answers with the status {(int)response.StatusCode}.",
                >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                    $"{address.Authority} leads to another address: give that one as 'url'.",
                _ => $"{address.Authority} answers with the status {(int)response.StatusCode}.",
            });
        }

        try
        {
            await using var body = await SourceHttp.ReadAsync(response, settings.MaxPageBytes, cancellationToken);
            var page = await JsonDocument.ParseAsync(body, new() { MaxDepth = MaxDepth }, cancellationToken);
            return (page, Next(response));
        }
        catch (JsonException exception)
        {
            throw new SourceException($"{address.Authority} answers with something that is not JSON.", exception);
        }
        catch (SourceItemException exception)
        {
            throw new SourceException($"An answer of {address.Authority}: {exception.Message}", exception);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            foreach (var (name, value) in headers)
            {
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var response = await http.SendAsync(request, cancellationToken);
            if (tries == MaxTries || SourceHttp.RetryAfter(response, time) is not { } wait || wait > _maxWait)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, cancellationToken);
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => settings.DelaySeconds > 0
        ? Task.Delay(TimeSpan.FromSeconds(settings.DelaySeconds), time, cancellationToken)
        : Task.CompletedTask;

    private static string? Next(HttpResponseMessage response) =>
        (response.Headers.TryGetValues("Link", out var links) ? links : [])
            .SelectMany(links => Links().Matches(links))
            .FirstOrDefault(link => Parameters().Matches(link.Groups["parameters"].Value)
                .FirstOrDefault(parameter => IsSame(parameter.Groups["name"].Value, "rel"))
                is { } relation && relation.Groups["value"].Value.Split(' ').Any(word => IsSame(word, "next")))
            ?.Groups["address"].Value;

    private static bool IsSame(string text, string word) =>
        string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("""<(?<address>[^<>]*)>(?<parameters>("[^"]*"|[^,"<])*)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Links();

    [GeneratedRegex(
        """;\s*(?<name>[^\s=;]+)\s*(=\s*("(?<value>[^"]*)"|(?<value>[^\s;"]*)))?""",
        RegexOptions.ExplicitCapture,
        1_000)]
    private static partial Regex Parameters();
}
