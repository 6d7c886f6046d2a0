using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>When the extractive engine answers, and with how much.</summary>
internal sealed class ExtractiveOptions : ISectionOptions
{
    public static string Section => "Serving:Extractive";

    /// <summary>The least confidence with which it answers; below, it says that the sources hold no answer.</summary>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; set; } = 0.5;

    /// <summary>The most sentences of an answer.</summary>
    [Range(1, 10)]
    public int MaxSentences { get; set; } = 3;

    /// <summary>A further sentence must score at least this share of the best one's score.</summary>
    [Range(0.0, 1.0)]
    public double FurtherSentenceShare { get; set; } = 0.85;
}
