using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Messages;

/// <summary>
/// The messages API, as Anthropic has it, over the same engines, with sources by the extension field
/// <c>vector_store_ids</c>.
/// </summary>
internal static class MessageEndpoints
{
    public static void AddMessages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CreateMessage>();
        builder.Services.AddSingleton<MessageStream>();
        builder.Services.AddSingleton<ReadMessageOptions>();
    }

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var messages = app.MapGroup("/v1/messages").WithTags("Messages").RequireScope(Scopes.ChatWrite);
        messages.MapPost("/", CreateMessage.HandleAsync)
            .WithName("CreateMessage").WithSummary("Answers a conversation, in Anthropic's form.");
        messages.MapPost("/count_tokens", CountMessageTokens.HandleAsync)
            .WithName("CountMessageTokens").WithSummary("Counts the tokens that a request would send.");
    }
}
