using Microsoft.Extensions.Options;

namespace AiStack.Evals.Alerts.Rules;

/// <summary>An alert that resolved between two checks would open again at each of them.</summary>
internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options) =>
        options.ResolveAfter > options.CheckEvery
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Evals:Alerts:ResolveAfter ({options.ResolveAfter}) must be more than Evals:Alerts:CheckEvery "
                + $"({options.CheckEvery}), or what stands would resolve and open again at each check.");
}
