namespace AiStack.Serving.ChatCompletions;

internal static class ChatCompletionEndpoints
{
    public static void MapChatCompletions(this IEndpointRouteBuilder app) => _ = app;
}
