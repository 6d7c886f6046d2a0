using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// When the extractive engine answers, and with how much. The defaults are measured: docs/decisions/0041.
/// </summary>
internal sealed class ExtractiveOptions : ISectionOptions
{
    public static string Section => "Serving:Extractive";

    /// <summary>
    /// The least confidence with which it answers; below, it says that the sources hold no answer. Higher refuses more,
    /// right and wrong: at 0.12 it answers 97 of 100 answerable questions of XQuAD and refuses half of those whose
    /// paragraph was taken away.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; set; } = 0.12;

    /// <summary>The most sentences of an answer.</summary>
    [Range(1, 10)]
    public int MaxSentences { get; set; } = 3;

    /// <summary>The least odds, of the best sentence's, at which a further one is said too.</summary>
    [Range(0.0, 1.0)]
    public double FurtherSentenceOdds { get; set; } = 0.15;
}
