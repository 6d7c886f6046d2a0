using Microsoft.Extensions.AI;

namespace AiStack.Serving.Pipeline;

/// <summary>
/// A stage of an engine that is written once, for streams. A whole answer is a stream that was read to its end, so both
/// ways of asking take the same path and cannot differ.
/// </summary>
internal abstract class StreamingStage(IChatClient inner) : DelegatingChatClient(inner)
{
    public sealed override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public abstract override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);
}
