using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Answers;

/// <summary>
/// An answer that outlives what a piece of work may take would be cut off and asked for again, without end.
/// </summary>
internal sealed class ServingOptionsValidator(IOptions<WorkOptions> work) : IValidateOptions<ServingOptions>
{
    public ValidateOptionsResult Validate(string? name, ServingOptions options) =>
        options.AnswerTimeout < work.Value.MaxHandling
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Evals:Serving:AnswerTimeout ({options.AnswerTimeout}) must be less than "
                + $"Work:MaxHandling ({work.Value.MaxHandling}), or a slow answer is cut off and asked for again.");
}
