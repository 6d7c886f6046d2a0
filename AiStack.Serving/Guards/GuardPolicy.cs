using System.Text.Json.Serialization;

namespace AiStack.Serving.Guards;

/// <summary>What the guards of a project do with what they find. What is left out is off.</summary>
internal sealed record GuardPolicy(
    GuardRule? Pii = null,
    GuardRule? Secrets = null,
    InjectionRule? Injection = null,
    TopicRule? Topics = null,
    SizeRule? Size = null)
{
    public static GuardPolicy Off { get; } = new();

    /// <summary>Every guard said in full.</summary>
    public GuardPolicy Whole() =>
        new(Pii ?? new(), Secrets ?? new(), Injection ?? new(), Topics ?? new(), Size ?? new());

    /// <summary>What is done with what a guard finds at a place.</summary>
    public GuardAction ActionOf(string guard, GuardPlace place) => GuardActions.Read((guard, place) switch
    {
        (GuardNames.Pii, _) => Pii?.At(place),
        (GuardNames.Secrets, _) => Secrets?.At(place),
        (GuardNames.Topics, _) => Topics?.At(place),
        (GuardNames.Injection, GuardPlace.Input) => Injection?.Input,
        (GuardNames.Injection, GuardPlace.Passages) => Injection?.Passages,
        (GuardNames.Size, GuardPlace.Input) => Size?.Input,
        _ => null,
    }) ?? GuardAction.Off;
}

/// <summary>What is done with a finding in what is asked, in the passages that are found, and in the answer.</summary>
internal record GuardRule(
    string Input = GuardActions.Off, string Passages = GuardActions.Off, string Output = GuardActions.Off)
{
    public string At(GuardPlace place) => place switch
    {
        GuardPlace.Input => Input,
        GuardPlace.Passages => Passages,
        _ => Output,
    };
}

/// <summary>An answer injects nothing into its own model, so it has no action.</summary>
internal sealed record InjectionRule(string Input = GuardActions.Off, string Passages = GuardActions.Off);

/// <param name="Phrases">The words and phrases that are not to be spoken of.</param>
internal sealed record TopicRule(
    string Input = GuardActions.Off,
    string Passages = GuardActions.Off,
    string Output = GuardActions.Off,
    IReadOnlyList<string>? Phrases = null)
    : GuardRule(Input, Passages, Output);

/// <param name="MaxCharacters">How long all that is asked may be.</param>
internal sealed record SizeRule(
    string Input = GuardActions.Off,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MaxCharacters = null);
