using AiStack.Serving.Engines;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Answers;

/// <summary>A checked question: the engine that answers it, and what the engine gets.</summary>
internal sealed record AnswerRequest(Engine Engine, IReadOnlyList<ChatMessage> Conversation, ChatOptions Options);
