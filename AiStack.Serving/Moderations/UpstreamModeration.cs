using System.Net;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Engines.OpenAi;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Moderations;

/// <summary>Has a server of models say whether texts and pictures are harmful, in its own words.</summary>
internal sealed class UpstreamModeration(
    IHttpClientFactory clients, IOptionsMonitor<OpenAiOptions> upstreams, IOptions<ModerationOptions> options)
{
    private const string DefaultModel = "omni-moderation-latest";

    private static readonly Fault _down =
        new(FaultCode.DependencyUnavailable, "The server that moderates cannot answer now. Try again soon.");

    /// <summary>Whether one is configured.</summary>
    public bool IsThere => options.Value.Upstream is { Length: > 0 };

    /// <summary>What the server says, unchanged.</summary>
    public async Task<Outcome<JsonElement>> AskAsync(
        JsonElement input, string? model, CancellationToken cancellationToken)
    {
        var name = options.Value.Upstream!;
        var upstream = upstreams.Get(name);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(upstream.SilenceLimit);
        using var client = clients.CreateClient(OpenAiExtensions.HttpClientName(name));
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"{upstream.Endpoint.ToString().TrimEnd('/')}/moderations"))
        {
            Content = JsonContent.Create(new { input, model = options.Value.Model ?? model ?? DefaultModel }),
        };
        request.Headers.Authorization = string.IsNullOrEmpty(upstream.ApiKey) ? null : new("Bearer", upstream.ApiKey);
        try
        {
            using var response = await client.SendAsync(request, limit.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.TooManyRequests => new Fault(
                    FaultCode.UpstreamLimited,
                    "The server that moderates takes no more requests for now. Try again later.",
                    RetryAfter: response.Headers.RetryAfter?.Delta),
                HttpStatusCode.BadRequest => new Fault(
                    FaultCode.InvalidArgument, "The server that moderates refused the input.", "input"),
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices =>
                    Read(await response.Content.ReadAsStringAsync(limit.Token)),
                _ => _down,
            };
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException
                or OperationCanceledException { CancellationToken.IsCancellationRequested: true }
            && !cancellationToken.IsCancellationRequested)
        {
            return _down;
        }
    }

    private static Outcome<JsonElement> Read(string body)
    {
        try
        {
            var said = JsonElement.Parse(body);
            return said.ValueKind == JsonValueKind.Object
                && said.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array
                    ? said
                    : _down;
        }
        catch (JsonException)
        {
            return _down;
        }
    }
}
