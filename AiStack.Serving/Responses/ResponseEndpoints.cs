using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Work;
using AiStack.Serving.Items;

namespace AiStack.Serving.Responses;

/// <summary>The responses API, as OpenAI has it: ask, and look up what was answered.</summary>
internal static class ResponseEndpoints
{
    /// <summary>How many responses one process makes in the background at once. They mostly wait.</summary>
    private const int BackgroundWorkers = 4;

    public static void AddResponses(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EarlierTurns>();
        builder.Services.AddSingleton<ItemReferences>();
        builder.Services.AddSingleton<ReadTurn>();
        builder.Services.AddSingleton<ReadOptions>();
        builder.Services.AddSingleton<TruncateTurns>();
        builder.Services.AddSingleton<CreateResponse>();
        builder.Services.AddSingleton<CompactConversation>();
        builder.Services.AddSingleton<FollowResponse>();
        builder.Services.AddSingleton<SocketTurns>();
        builder.Services.AddSingleton<StartInBackground>();
        builder.AddWorkHandler<BackgroundAnswer, AnswerInBackground>(BackgroundWorkers);
        builder.Services.AddSingleton<ResponseStream>();
    }

    public static void MapResponses(this IEndpointRouteBuilder app)
    {
        var responses = app.MapGroup("/v1/responses").WithTags("Responses").RequireScope(Scopes.ChatWrite);
        responses.MapPost("/", CreateResponse.HandleAsync)
            .WithName("CreateResponse").WithSummary("Answers a question, from the sources that file_search names.");
        responses.MapGet("/", ResponseSocket.HandleAsync)
            .WithName("OpenResponseSocket").WithSummary("Makes responses over a WebSocket.");
        responses.MapGet("/{id}", GetResponse.HandleAsync)
            .WithName("GetResponse").WithSummary("Gets a stored response.");
        responses.MapGet("/{id}/input_items", ListInputItems.HandleAsync)
            .WithName("ListInputItems").WithSummary("Lists what a stored response was an answer to.");
        responses.MapPost("/{id}/cancel", CancelResponse.HandleAsync)
            .WithName("CancelResponse").WithSummary("Cancels a response that is made in the background.");
        responses.MapPost("/compact", CompactConversation.HandleAsync)
            .WithName("CompactConversation").WithSummary("Makes a long conversation short, to go on with.");
        responses.MapPost("/input_tokens", CountInputTokens.HandleAsync)
            .WithName("CountInputTokens").WithSummary("Counts the tokens that a request would send.");
        responses.MapDelete("/{id}", DeleteResponse.HandleAsync)
            .WithName("DeleteResponse").WithSummary("Deletes a stored response's texts.");
    }

    public static Fault NotFound(string id, string field = "response_id") =>
        new(FaultCode.NotFound, $"There is no response '{id}', or it was not stored.", field);
}
