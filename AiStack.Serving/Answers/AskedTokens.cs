using AiStack.Serving.Pipeline;
using AiStack.TextAnalysis;

namespace AiStack.Serving.Answers;

/// <summary>
/// The tokens of a question's conversation, instructions and functions, by OpenAI's o200k vocabulary: what is told to
/// who asks for their number. Budgets count more, in <see cref="Ledger.InputBound"/>.
/// </summary>
internal static class AskedTokens
{
    public static int Count(AnswerRequest asked) =>
        Tokens.Count(asked.Options.Instructions ?? "")
        + asked.Conversation.Sum(message => Tokens.Count(message.AllText()))
        + ClientFunction.In(asked.Options).Sum(function =>
            Tokens.Count(function.Name + function.Description + function.JsonSchema.GetRawText()));
}
