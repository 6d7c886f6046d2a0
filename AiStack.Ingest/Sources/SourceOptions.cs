using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Sources;

/// <summary>How sources are read.</summary>
internal sealed class SourceOptions : ISectionOptions
{
    public static string Section => "Ingest:Sources";

    /// <summary>
    /// The most documents of a source; one with more is read to here, and its run says so. The default is what one
    /// table and one store bear well.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxItems { get; set; } = 1_000_000;

    /// <summary>
    /// Files of a project that may wait to be processed before its runs wait, too. The default keeps every core busy,
    /// and is worked off in a minute: so long others wait behind a large source.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxWaitingFiles { get; set; } = 200;

    /// <summary>
    /// How long a run has its turn while others wait for theirs. What it has listed it lists again in its next turn:
    /// the default makes little of that.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Turn { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The longest turn, whether or not others wait. The default is well below the time after which work is cut off.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "02:00:00")]
    public TimeSpan LongestTurn { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a source may take for its next document. The default fits a large one on a slow line.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "02:00:00")]
    public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How often the schedules are looked at. The default is far below the minute that they are made of.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a source must be quiet after a change before it is read. The default lets a copy of many files end, and
    /// is short for people who wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ChangesRest { get; set; } = TimeSpan.FromSeconds(2);
}
