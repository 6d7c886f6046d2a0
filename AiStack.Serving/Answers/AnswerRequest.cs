using AiStack.Serving.Engines;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Answers;

/// <summary>A question that has been checked: who answers it, and what the engine is told.</summary>
internal sealed record AnswerRequest(Engine Engine, IReadOnlyList<ChatMessage> Conversation, ChatOptions Options);
