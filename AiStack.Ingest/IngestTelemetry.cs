using System.Diagnostics;
using System.Diagnostics.Metrics;
using AiStack.Contracts;

namespace AiStack.Ingest;

/// <summary>Everything Ingest reports about itself. The names are a contract: docs/telemetry.md lists them.</summary>
internal sealed class IngestTelemetry : IDisposable
{
    public const string Name = "AiStack.Ingest";

    private static readonly ActivitySource _activities = new(Name);

    private readonly Meter _meter;
    private readonly Histogram<long> _uploadSize;
    private readonly Histogram<double> _processing;
    private readonly Counter<long> _chunks;
    private readonly Counter<long> _sourceItems;
    private readonly Counter<long> _sourceRuns;

    public IngestTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _uploadSize = _meter.CreateHistogram<long>(
            "aistack.ingest.upload.size",
            unit: "By",
            description: "Size of the files accepted.",
            advice: new() { HistogramBucketBoundaries = [1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 23, 1 << 26] });
        _processing = _meter.CreateHistogram<double>(
            "aistack.ingest.process.duration", unit: "s",
            description: "Time to turn one file into chunks, by how it ended.");
        _chunks = _meter.CreateCounter<long>("aistack.ingest.chunks", unit: "{chunk}", description: "Chunks made.");
        _sourceItems = _meter.CreateCounter<long>(
            "aistack.ingest.source.items", unit: "{item}",
            description: "Documents that runs of sources looked at, by what became of them.");
        _sourceRuns = _meter.CreateCounter<long>(
            "aistack.ingest.source.runs", unit: "{run}", description: "Runs of sources that ended, by how.");
    }

    public void FileAccepted(long sizeBytes) => _uploadSize.Record(sizeBytes);

    /// <summary>The span of one file's way from bytes to chunks, linked to the request that wanted it.</summary>
    public static Activity? Process(Id<StoredFile> file, string? askedIn)
    {
        _ = ActivityContext.TryParse(askedIn, null, isRemote: true, out var asked);
        var span = _activities.StartActivity(
            "process file", ActivityKind.Internal, default(ActivityContext),
            links: asked.TraceId == (Activity.Current?.TraceId ?? default) ? null : [new(asked)]);
        return span?.SetTag("aistack.file.id", file.ToString());
    }

    /// <summary>A file is done; <paramref name="outcome"/> is <c>completed</c> or the code of its failure.</summary>
    public void FileProcessed(string outcome, TimeSpan duration) =>
        _processing.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="change"><c>added</c>, <c>changed</c>, <c>renamed</c> and so on.</param>
    public void SourceItems(string change, int count)
    {
        if (count > 0)
        {
            _sourceItems.Add(count, new KeyValuePair<string, object?>("change", change));
        }
    }

    /// <param name="outcome"><c>completed</c> or <c>failed</c>.</param>
    public void SourceRunEnded(string outcome) =>
        _sourceRuns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void ChunksMade(int count) => _chunks.Add(count);

    public void Dispose() => _meter.Dispose();
}
