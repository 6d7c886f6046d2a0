using System.Net.Http.Headers;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;

namespace AiStack.Serving.Embeddings;

/// <summary>
/// Has Retrieval turn texts into vectors, once their budgets have room for them. What is wrong with a request Retrieval
/// says; it is passed on as it is, and so is its answer.
/// </summary>
internal sealed class CreateEmbeddings(RecordEmbedding record, IHttpClientFactory clients, CallerTokens tokens)
{
    public const string HttpClientName = "embeddings";

    /// <summary>As Retrieval counts them, for want of each embedder's tokenizer.</summary>
    private const int CharactersPerToken = 4;

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, CreateEmbeddings create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(request, caller, cancellationToken);
        return outcome.TryGet(out var answer, out var fault) ? new Relayed(answer) : fault.ToResult();
    }

    public async Task<Outcome<HttpResponseMessage>> RunAsync(
        Request request, Caller caller, CancellationToken cancellationToken)
    {
        if (request.Model is { Length: > 0 } model && caller.FindModelLack(model) is { } lack)
        {
            return lack;
        }

        var (begun, refusal) = await record.BeginAsync(caller, request.Model ?? "", request.User, Count(request.Input));
        if (refusal is not null)
        {
            return refusal;
        }

        // Until its answer begins, whoever goes away has had it made.
        var end = (Status: "cancelled", Failure: (string?)null);
        try
        {
            var answer = await SendAsync(request, caller, cancellationToken);
            end = answer.IsSuccessStatusCode ? ("completed", null) : ("failed", $"status_{(int)answer.StatusCode}");
            return answer;
        }
        catch (Exception exception) when (AnswerFaults.Of(exception, cancellationToken) is { } fault)
        {
            end = ("failed", OpenAiError.From(fault).Error.Code);
            return fault;
        }
        finally
        {
            await record.EndAsync(begun!, end.Status, end.Failure);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Request request, Caller caller, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings");
        message.Content = JsonContent.Create(request, options: JsonDefaults.Options);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Mint(caller));
        return await clients.CreateClient(HttpClientName).SendAsync(
            message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static long Count(JsonElement? input) => input?.ValueKind switch
    {
        JsonValueKind.Array => input.Value.EnumerateArray().Sum(each => Count(each)),
        // As it is written, escapes and all: half a character is no text, and Retrieval says so.
        JsonValueKind.String => (input.Value.GetRawText().Length - 2 + CharactersPerToken - 1) / CharactersPerToken,
        _ => 0,
    };

    /// <param name="User">The person for whom it is asked.</param>
    internal sealed record Request(
        string? Model, JsonElement? Input, string? EncodingFormat = null, int? Dimensions = null, string? User = null);

    private sealed class Relayed(HttpResponseMessage answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using (answer)
            {
                httpContext.Response.StatusCode = (int)answer.StatusCode;
                httpContext.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
                httpContext.Response.ContentLength = answer.Content.Headers.ContentLength;
                if (answer.Headers.RetryAfter is { } wait)
                {
                    httpContext.Response.Headers.RetryAfter = wait.ToString();
                }

                await answer.Content.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
            }
        }
    }
}
