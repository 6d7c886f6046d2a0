using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals.Metrics;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>
/// A run, in OpenAI's shape, with what OpenAI's has no place for: <c>dataset</c>, and <c>metrics</c> once the run
/// ended.
/// </summary>
internal sealed record RunView(
    Id<EvalRun> Id,
    Id<Eval> EvalId,
    string Name,
    string Model,
    string Status,
    long CreatedAt,
    long? FinishedAt,
    JsonElement DataSource,
    RunView.DatasetNote Dataset,
    Dictionary<string, string>? Metadata,
    RunView.Failure? Error,
    RunView.Counts ResultCounts)
{
    public string Object { get; } = "eval.run";

    public string ReportUrl => $"/v1/evals/{EvalId}/runs/{Id}";

    public IReadOnlyList<ModelUsage> PerModelUsage { get; init; } = [];

    public IReadOnlyList<CriterionResult> PerTestingCriteriaResults { get; init; } = [];

    /// <summary>By name; null while the run goes on, and in lists.</summary>
    public IReadOnlyDictionary<string, MetricView>? Metrics { get; init; }

    /// <summary>
    /// Reads a row of: id, eval_id, name, model, status, created_at, finished_at, data_source, dataset_sha256,
    /// item_count, metadata, error_code, error_message, passed, failed, errored.
    /// </summary>
    public static RunView Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        new(row.GetGuid(1)),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetFieldValue<DateTimeOffset>(5).ToUnixTimeSeconds(),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6).ToUnixTimeSeconds(),
        StoredJson.Read<JsonElement>(row.GetString(7)),
        new(Convert.ToHexStringLower(row.GetFieldValue<byte[]>(8)), row.GetInt32(9)),
        row.IsDBNull(10) ? null : StoredJson.Read<Dictionary<string, string>>(row.GetString(10)),
        row.IsDBNull(11) ? null : new(row.GetString(11), row.GetString(12)),
        new(Passed: row.GetInt64(13), Failed: row.GetInt64(14), Errored: row.GetInt64(15)));

    /// <summary>What was asked: the hash of the items, and how many there are.</summary>
    internal sealed record DatasetNote(string Sha256, int Items);

    internal sealed record Failure(string Code, string Message);

    /// <summary>The items that are done, by what came of them.</summary>
    internal sealed record Counts(long Errored, long Failed, long Passed)
    {
        public long Total => Errored + Failed + Passed;
    }

    internal sealed record ModelUsage(
        string ModelName,
        long InvocationCount,
        long PromptTokens,
        long CompletionTokens,
        long CachedTokens,
        long TotalTokens);

    internal sealed record CriterionResult(string TestingCriteria, long Passed, long Failed);
}

/// <summary>A metric's value, its 95% confidence interval, and over how many items.</summary>
internal sealed record MetricView(double Value, double Low, double High, string Interval, int Items, string Better)
{
    public static MetricView Of(MetricSummary summary) => new(
        summary.Value,
        summary.Interval.Low,
        summary.Interval.High,
        summary.Interval.Method,
        summary.Count,
        summary.Metric.HigherIsBetter ? "higher" : "lower");
}
