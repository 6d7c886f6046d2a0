using AiStack.Contracts;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Reads the calls that a model asks for as they come. Its client gives them only when all of them are whole, which is
/// late for a caller who shows what is written.
/// </summary>
/// <param name="offered">The caller's functions. Other calls are ours, and are made here.</param>
internal sealed class UpstreamCalls(IEnumerable<ClientFunction> offered)
{
    private readonly HashSet<string> _offered = [.. offered.Select(function => function.Name)];
    private readonly List<int> _theirs = [];
    private readonly Dictionary<int, Begun> _begun = [];

    public List<AIContent> Read(StreamingChatCompletionUpdate update)
    {
        List<AIContent> parts = [];
        foreach (var part in update.ToolCallUpdates ?? [])
        {
            // A call's name comes first; servers differ in what else comes with it.
            if (!_begun.TryGetValue(part.Index, out var begun))
            {
                begun = new(part.ToolCallId, part.FunctionName);
                _begun[part.Index] = begun;
                if (begun.Name is not null && _offered.Contains(begun.Name))
                {
                    _theirs.Add(part.Index);
                    parts.Add(new FunctionCallPart(_theirs.Count - 1, begun.CallId, begun.Name, ""));
                }
            }

            if (_theirs.IndexOf(part.Index) is >= 0 and var number
                && part.FunctionArgumentsUpdate is { } said && !said.ToMemory().IsEmpty)
            {
                // Calls are told one after the other; what comes late for an earlier one has no place.
                parts.Add(number == _theirs.Count - 1
                    ? new FunctionCallPart(number, begun.CallId, begun.Name!, said.ToString())
                    : throw new UpstreamFaultException(UpstreamFaults.NoAnswer));
            }
        }

        return parts;
    }

    private sealed record Begun(string? GivenId, string? Name)
    {
        /// <summary>Some servers give none, and callers need one.</summary>
        public string CallId { get; } = string.IsNullOrEmpty(GivenId) ? $"call_{Id<ToolCall>.New().Value:N}" : GivenId;
    }
}
