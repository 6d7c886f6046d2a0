using Microsoft.Extensions.AI;

namespace AiStack.Serving.Costs;

/// <summary>What a model's tokens cost, per million, in one currency.</summary>
internal sealed record Price(decimal Input, decimal CachedInput, decimal Output, string Currency)
{
    private const decimal Million = 1_000_000;

    public bool IsFree => Input == 0 && CachedInput == 0 && Output == 0;

    /// <summary>
    /// What the tokens used cost; null when the model did not say how many there were.
    /// </summary>
    public decimal? Of(UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (IsFree)
        {
            return 0;
        }

        if (usage is not { InputTokenCount: { } input, OutputTokenCount: { } output })
        {
            return null;
        }

        // Cached input is part of the input that was counted.
        var cached = Math.Min(usage.CachedInputTokenCount ?? 0, input);
        return (((input - cached) * Input) + (cached * CachedInput) + (output * Output)) / Million;
    }
}
