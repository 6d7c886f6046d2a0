using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals.Answers;
using AiStack.Evals.Criteria;
using Npgsql;

namespace AiStack.Evals.OutputItems;

/// <summary>
/// What came of one item, in OpenAI's shape. Beyond it: <c>measures</c>, the facts that the run's metrics are made of.
/// </summary>
internal sealed record OutputItemView(
    Id<EvalItem> Id,
    Id<Eval> EvalId,
    Id<EvalRun> RunId,
    long CreatedAt,
    string Status,
    int DatasourceItemId,
    JsonElement DatasourceItem,
    IReadOnlyList<Grade> Results,
    OutputItemView.SampleView Sample,
    OutputItemView.MeasuresView? Measures)
{
    public string Object { get; } = "eval.run.output_item";

    /// <summary>
    /// Reads a row of: id, eval_id, run_id, finished_at, state, passed, ordinal, item, grades, error_code,
    /// error_message, model, output_text, input_tokens, output_tokens, source_rank, first_citation_right,
    /// any_citation_right, answer_contained, refused, latency, response_id, citations, run's model.
    /// </summary>
    public static OutputItemView Read(NpgsqlDataReader row)
    {
        var item = StoredJson.Read<JsonElement>(row.GetString(7));
        var isAnswered = row.GetString(4) == "answered";
        return new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            new(row.GetGuid(2)),
            row.GetFieldValue<DateTimeOffset>(3).ToUnixTimeSeconds(),
            !isAnswered ? "error" : row.GetBoolean(5) ? "pass" : "fail",
            row.GetInt32(6),
            item,
            isAnswered ? StoredJson.Read<Grade[]>(row.GetString(8)) : [],
            isAnswered ? ReadSample(row, item) : ReadError(row, item),
            isAnswered ? ReadMeasures(row) : null);
    }

    private static SampleView ReadSample(NpgsqlDataReader row, JsonElement item) => new(
        null,
        "stop",
        [new("user", item.GetProperty("question").GetString()!)],
        [new("assistant", row.GetString(12))],
        row.GetString(11),
        new(row.GetInt64(13), row.GetInt64(14), 0, row.GetInt64(13) + row.GetInt64(14)));

    private static SampleView ReadError(NpgsqlDataReader row, JsonElement item) => new(
        new(row.GetString(9), row.GetString(10)),
        "error",
        [new("user", item.GetProperty("question").GetString()!)],
        [],
        row.GetString(23),
        new(0, 0, 0, 0));

    private static MeasuresView ReadMeasures(NpgsqlDataReader row) => new(
        row.IsDBNull(15) ? null : row.GetInt32(15),
        row.GetBoolean(16),
        row.GetBoolean(17),
        row.IsDBNull(18) ? null : row.GetBoolean(18),
        row.GetBoolean(19),
        row.GetTimeSpan(20).TotalSeconds,
        row.GetString(21),
        StoredJson.Read<SourceFile[]>(row.GetString(22)));

    /// <summary>Question and answer. What a run does not fix (seed, sampling) is not made up here.</summary>
    internal sealed record SampleView(
        ErrorView? Error,
        string FinishReason,
        IReadOnlyList<Message> Input,
        IReadOnlyList<Message> Output,
        string Model,
        UsageView Usage);

    internal sealed record ErrorView(string Code, string Message);

    internal sealed record Message(string Role, string Content);

    internal sealed record UsageView(long PromptTokens, long CompletionTokens, long CachedTokens, long TotalTokens);

    internal sealed record MeasuresView(
        int? SourceRank,
        bool FirstCitationRight,
        bool AnyCitationRight,
        bool? AnswerContained,
        bool Refused,
        double LatencySeconds,
        string ResponseId,
        IReadOnlyList<SourceFile> Citations);
}
