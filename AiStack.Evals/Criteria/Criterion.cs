using System.Text.Json;
using AiStack.Evals.Answers;
using AiStack.Evals.Datasets;
using AiStack.Evals.Metrics;

namespace AiStack.Evals.Criteria;

/// <summary>An answered item, with all that a criterion may look at.</summary>
internal sealed record Sample(DatasetItem Item, Answer Answer, Observation Observation);

/// <summary>What a criterion said of a sample.</summary>
internal sealed record Grade(string Name, string Type, bool Passed, double Score);

/// <summary>One thing that an eval demands of an answer. An item passes when all that apply to it do.</summary>
internal abstract record Criterion(string Name, string Type)
{
    /// <summary>The fields that every item of a dataset must have for this criterion to be applied.</summary>
    public virtual IReadOnlyList<string> ItemFields => [];

    /// <summary>
    /// The grade; null where the criterion does not apply, such as a citation of a question without a source.
    /// </summary>
    public Grade? Of(Sample sample) =>
        Passes(sample) is { } passed ? new Grade(Name, Type, passed, passed ? 1 : 0) : null;

    protected abstract bool? Passes(Sample sample);
}

/// <summary>OpenAI's <c>string_check</c>: two templates, filled in and compared.</summary>
internal sealed record StringCheck(string Name, Template Input, Template Reference, string Operation)
    : Criterion(Name, TypeName)
{
    public const string TypeName = "string_check";

    /// <summary>Equal, not equal, contains, contains whatever the case.</summary>
    public static readonly IReadOnlyList<string> Operations = ["eq", "ne", "like", "ilike"];

    public override IReadOnlyList<string> ItemFields => [.. Input.ItemFields.Union(Reference.ItemFields)];

    protected override bool? Passes(Sample sample)
    {
        using var item = JsonDocument.Parse(sample.Item.Json);
        var input = Input.Fill(item.RootElement, name => Field(sample, name));
        var reference = Reference.Fill(item.RootElement, name => Field(sample, name));
        return Operation switch
        {
            "eq" => input == reference,
            "ne" => input != reference,
            "like" => input.Contains(reference, StringComparison.Ordinal),
            _ => input.Contains(reference, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static string Field(Sample sample, string name) => name switch
    {
        "output_text" => sample.Answer.Text,
        "refused" => sample.Answer.Refused ? "true" : "false",
        _ => sample.Answer.Citations is [var first, ..] ? first.Filename : "",
    };
}

/// <summary>The expected source is among the first <paramref name="MaxRank"/> search results.</summary>
internal sealed record SourceRetrieved(string Name, int MaxRank) : Criterion(Name, TypeName)
{
    public const string TypeName = "source_retrieved";

    protected override bool? Passes(Sample sample) =>
        sample.Item.Answerable ? sample.Observation.SourceRank <= MaxRank : null;
}

/// <summary>The first citation, or any of them, is of the expected source.</summary>
internal sealed record SourceCited(string Name, bool Any) : Criterion(Name, TypeName)
{
    public const string TypeName = "source_cited";

    protected override bool? Passes(Sample sample) => sample switch
    {
        { Item.Answerable: false } => null,
        _ => Any ? sample.Observation.AnyCitationRight : sample.Observation.FirstCitationRight,
    };
}

/// <summary>The answer holds one of the expected answers.</summary>
internal sealed record AnswerContained(string Name) : Criterion(Name, TypeName)
{
    public const string TypeName = "answer_contained";

    protected override bool? Passes(Sample sample) => sample.Observation.AnswerContained;
}

/// <summary>The model refuses when the sources hold no answer, and only then.</summary>
internal sealed record Refusal(string Name) : Criterion(Name, TypeName)
{
    public const string TypeName = "refusal";

    protected override bool? Passes(Sample sample) => sample.Observation.Refused != sample.Item.Answerable;
}
