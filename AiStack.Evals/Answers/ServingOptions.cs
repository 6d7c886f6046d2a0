using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Evals.Answers;

/// <summary>How a run asks Serving.</summary>
internal sealed class ServingOptions : ISectionOptions
{
    public static string Section => "Evals:Serving";

    /// <summary>How long one answer may take. The default, 50 s, is well under what a piece of work may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:55:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>
    /// How often a question is asked before the failure becomes its result. The default lasts one to two minutes:
    /// longer than a restart of Serving takes, on a slow machine too.
    /// </summary>
    [Range(1, 8)]
    public int MaxAttempts { get; set; } = 8;
}
