using Microsoft.Extensions.AI;

namespace AiStack.Serving.Pipeline;

/// <summary>The id by which its caller knows an answer, on its way to the answer's span.</summary>
internal static class AnswerIds
{
    private const string Key = "aistack.answer_id";

    public static ChatOptions WithAnswerId(this ChatOptions options, string id)
    {
        (options.AdditionalProperties ??= [])[Key] = id;
        return options;
    }

    public static string? AnswerId(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out string? id) == true ? id : null;
}
