using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>Tells what a model says apart: its thoughts, its answer up to a stop sequence, and its calls.</summary>
internal sealed class AnswerReader(ThoughtReader thoughts, CallReader? calls, StopReader stops)
{
    public bool IsThinking => thoughts.IsThinking;

    public bool HasStopped => stops.HasStopped;

    /// <summary>What can be told now that <paramref name="text"/> has come too.</summary>
    public List<AIContent> Read(string text) => Tell(thoughts.Read(text));

    /// <summary>What is left when no more text comes.</summary>
    public List<AIContent> End()
    {
        var told = Tell(thoughts.Ended());
        if (!HasStopped)
        {
            Add(told, calls?.End() ?? []);
        }

        Say(told, stops.End());
        return told;
    }

    private List<AIContent> Tell(ThoughtReader.Words words)
    {
        List<AIContent> told = words.Thought.Length > 0 ? [new TextReasoningContent(words.Thought)] : [];
        if (words.Answer.Length > 0)
        {
            Add(told, calls?.Read(words.Answer) ?? [new TextContent(words.Answer)]);
        }

        return told;
    }

    private void Add(List<AIContent> told, IEnumerable<AIContent> said)
    {
        foreach (var content in said)
        {
            if (content is TextContent text)
            {
                Say(told, HasStopped ? "" : stops.Read(text.Text));
            }
            else if (!HasStopped)
            {
                Say(told, stops.End());
                told.Add(content);
            }
        }
    }

    private static void Say(List<AIContent> told, string text)
    {
        if (text.Length > 0)
        {
            told.Add(new TextContent(text));
        }
    }
}
