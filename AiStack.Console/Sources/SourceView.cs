using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Console.Frame;

namespace AiStack.Console.Sources;

/// <summary>A source as it is written.</summary>
internal sealed record SourceFields(
    string Name,
    string Kind,
    JsonObject Settings,
    IReadOnlyDictionary<string, string>? Secrets,
    string VectorStoreId,
    string? Schedule,
    string? TimeZone);

/// <summary>A source as it can be shown: without its secrets.</summary>
public sealed record SourceView(
    string Id,
    string Name,
    string Kind,
    JsonElement Settings,
    IReadOnlyList<string> HasSecrets,
    string VectorStoreId,
    string? Schedule,
    string TimeZone,
    bool Paused,
    string? PausedBecause,
    long? NextRunAt,
    long Documents,
    long Problems,
    SourceRunView? LastRun)
{
    public bool IsRunning => LastRun?.IsRunning == true;

    /// <summary>The state in a word, for people.</summary>
    public string State => this switch
    {
        { IsRunning: true } => LastRun!.DryRun ? "Dry run" : "Running",
        { Paused: true } => "Paused",
        { LastRun: null } => "Not read yet",
        { LastRun.Status: "failed" } => "Failed",
        _ => "In step",
    };

    /// <summary>The mark of that state.</summary>
    public string Mark => this switch
    {
        { IsRunning: true } => "in_progress",
        { Paused: true } or { LastRun: null } => "cancelled",
        { LastRun.Status: "failed" } => "failed",
        _ => "completed",
    };

    /// <summary>When it is read.</summary>
    public string When => Schedule is null ? "by hand, or as it changes" : $"{Schedule} ({TimeZone})";

    public DateTimeOffset? NextRun => !Paused && NextRunAt is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null;
}

/// <summary>A run of a source, and how far it is.</summary>
public sealed record SourceRunView(
    string Id,
    string Trigger,
    bool DryRun,
    string Status,
    SourceCountsView Counts,
    long Bytes,
    IReadOnlyList<string> Missed,
    string? Error,
    long CreatedAt,
    long? FinishedAt,
    IReadOnlyList<WouldChangeView>? Changes)
{
    public bool IsRunning => Status == "running";

    /// <summary>Whether it stopped before it removed most of the source.</summary>
    public bool AsksForRemovals => Status == "failed"
        && Error?.Contains("allow_removals", StringComparison.Ordinal) == true;

    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(CreatedAt);

    public DateTimeOffset? Finished => FinishedAt is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null;

    /// <summary>What began it.</summary>
    public string Reason => (DryRun, Trigger) switch
    {
        (true, _) => "Dry run",
        (_, "schedule") => "By its schedule",
        (_, "change") => "By a change",
        _ => "By hand",
    };

    /// <summary>What became of the documents, in words.</summary>
    public string Summary
    {
        get
        {
            var parts = new[]
            {
                (Counts.Added, "added"), (Counts.Changed, "changed"), (Counts.Renamed, "renamed"),
                (Counts.Removed, "removed"), (Counts.Unchanged, "unchanged"), (Counts.Failed, "failed"),
            };
            var said = parts.Where(part => part.Item1 > 0).Select(part => $"{Words.Number(part.Item1)} {part.Item2}");
            return string.Join(" · ", said.DefaultIfEmpty(IsRunning ? "Nothing yet" : "Nothing"));
        }
    }
}

public sealed record SourceCountsView(
    int Found, int Added, int Changed, int Renamed, int Removed, int Unchanged, int Failed);

public sealed record WouldChangeView(string Change, string Id, string Name);

/// <summary>A document that could not be read.</summary>
public sealed record SourceItemView(string Key, string Id, string Name, string? Url, string? FileId, string? Problem);

/// <summary>The kinds of sources.</summary>
internal sealed record KindsView(IReadOnlyList<KindView> Data);

/// <summary>A kind of source, with the JSON schema of its settings.</summary>
internal sealed record KindView(string Name, string Summary, JsonElement Settings, IReadOnlyList<string> Secrets);
