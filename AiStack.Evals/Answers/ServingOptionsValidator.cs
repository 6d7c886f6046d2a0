using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Answers;

/// <summary>
/// An answer that outlives its lease would be asked for again by another worker while it is being written.
/// </summary>
internal sealed class ServingOptionsValidator(IOptions<WorkOptions> work) : IValidateOptions<ServingOptions>
{
    public ValidateOptionsResult Validate(string? name, ServingOptions options) =>
        options.AnswerTimeout < work.Value.Lease
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Evals:Serving:AnswerTimeout ({options.AnswerTimeout}) must be less than "
                + $"Work:Lease ({work.Value.Lease}), or a slow answer is asked for twice.");
}
