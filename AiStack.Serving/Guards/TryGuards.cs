using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using AiStack.TextAnalysis.Recognisers;

namespace AiStack.Serving.Guards;

/// <summary>
/// Tells what every guard finds in a text, whatever the policy says, and how the text looks with all of it masked.
/// Nothing is kept and nothing counted.
/// </summary>
internal static class TryGuards
{
    private const int MaxCharacters = 100_000;

    public static IResult Handle(Request request, ProjectGuards guards)
    {
        if (string.IsNullOrEmpty(request.Text) || request.Text.Length > MaxCharacters)
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'text' must have 1 to {MaxCharacters} characters.", "text").ToResult();
        }

        if (SetGuards.Check(new(Topics: new(Phrases: request.Phrases))) is { } wrong)
        {
            return (wrong with
            {
                Message = wrong.Message.Replace("topics.phrases", "phrases", StringComparison.Ordinal),
                Parameter = "phrases",
            }).ToResult();
        }

        var all = new GuardRule(Input: GuardActions.Mask);
        var policy = new GuardPolicy(
            all, all, new(Input: GuardActions.Mask), new(Input: GuardActions.Mask, Phrases: request.Phrases));
        var caught = guards.Try(policy).Look(request.Text, GuardPlace.Input);
        return TypedResults.Ok(new Found(
            [
                .. caught.OrderBy(each => each.Finding.Start).Select(each => new Found.Entry(
                    each.Guard, each.Finding.Kind, each.Finding.Start, each.Finding.End)),
            ],
            Placeholders.Mask(request.Text, Caught.Masks(caught))));
    }

    /// <param name="Phrases">The words of the guard of topics; none when left out.</param>
    internal sealed record Request(string? Text, IReadOnlyList<string>? Phrases = null);

    internal sealed record Found(IReadOnlyList<Found.Entry> Findings, string Masked)
    {
        public string Object { get; } = "guards.trial";

        /// <param name="Start">In UTF-16 code units.</param>
        internal sealed record Entry(string Guard, string Kind, int Start, int End);
    }
}
