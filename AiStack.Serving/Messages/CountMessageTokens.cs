using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.Serving.Answers;

namespace AiStack.Serving.Messages;

/// <summary>
/// Counts the tokens of a request, by OpenAI's o200k vocabulary. What is found in sources is not in it.
/// </summary>
internal static class CountMessageTokens
{
    public static async Task<IResult> HandleAsync(
        MessageRequest request, Caller caller, CreateMessage create, CancellationToken cancellationToken)
    {
        var outcome = await create.CheckAsync(request, caller, cancellationToken, needsLimit: false);
        if (!outcome.TryGet(out var draft, out var fault))
        {
            return fault.ToResult();
        }

        return TypedResults.Ok(new Counted(AskedTokens.Count(draft.Question)));
    }

    internal sealed record Counted(int InputTokens);
}
