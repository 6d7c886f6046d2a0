using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Evals.Answers;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Runs;

/// <summary>Asks Serving one question in the name of the run's maker.</summary>
internal sealed class ServingClient(HttpClient http, CallerTokens tokens)
{
    /// <summary>The longest response read: ten passages and an answer are a hundredth of it.</summary>
    public const long MaxResponseBytes = 8 << 20;

    /// <summary>
    /// The answer, or the fault that asking again would not change. What may pass by itself (no connection, an
    /// overload, a time-out) is thrown as <see cref="ServingUnavailableException"/>.
    /// </summary>
    public async Task<Outcome<Answer>> AskAsync(
        Caller caller, DataSource source, string itemJson, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses");
        // What is measured is what is made, not what was kept.
        request.Headers.CacheControl = new() { NoStore = true };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Mint(caller));
        request.Content = JsonContent.Create(Body(source, itemJson), options: JsonDefaults.Options);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? ResponseReader.Read(body) : Refusal(response.StatusCode, body);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or Polly.ExecutionRejectedException)
        {
            throw new ServingUnavailableException("Serving could not be reached.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServingUnavailableException("Serving did not answer in time.", exception);
        }
    }

    private static JsonObject Body(DataSource source, string itemJson)
    {
        using var item = JsonDocument.Parse(itemJson);
        var body = new JsonObject
        {
            ["model"] = source.Model,
            ["input"] = new JsonArray([.. source.Messages(item.RootElement).Select(message => (JsonNode)new JsonObject
            {
                ["role"] = message.Role,
                ["content"] = message.Content,
            })]),
            ["tools"] = new JsonArray(JsonSerializer.SerializeToNode(source.FileSearch, JsonDefaults.Options)),
            ["include"] = new JsonArray("file_search_call.results"),
            ["store"] = false,
        };
        AddIfGiven(body, "temperature", source.SamplingParams?.Temperature);
        AddIfGiven(body, "top_p", source.SamplingParams?.TopP);
        AddIfGiven(body, "max_output_tokens", source.SamplingParams?.MaxCompletionTokens);
        return body;
    }

    private static void AddIfGiven<T>(JsonObject body, string name, T? value)
        where T : struct
    {
        if (value is { } given)
        {
            body[name] = JsonValue.Create(given);
        }
    }

    private static Fault Refusal(HttpStatusCode status, byte[] body)
    {
        // 408 and 429 pass by themselves, and so may everything that is the server's fault.
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500)
        {
            throw new ServingUnavailableException($"Serving answered {(int)status}.");
        }

        return new Fault(
            status == HttpStatusCode.NotFound ? FaultCode.NotFound : FaultCode.InvalidArgument,
            $"Serving refused the question with {(int)status}: {ErrorMessage(body)}");
    }

    private static string ErrorMessage(byte[] body)
    {
        try
        {
            var message = JsonNode.Parse(body)?["error"]?["message"]?.ToString();
            return message is { Length: > 0 and < 1_000 } ? message.Replace('\0', ' ') : "without a reason";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "without a reason";
        }
    }
}

/// <summary>Serving cannot answer now; the same question may be answered later.</summary>
internal sealed class ServingUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
