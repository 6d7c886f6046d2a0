using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Answers;
using Npgsql;

namespace AiStack.Serving.Completions;

/// <summary>Writes down that an answer was given, before its end is sent.</summary>
internal sealed class RecordCompletion(
    NpgsqlDataSource database, ServingTelemetry telemetry, ILogger<RecordCompletion> logger)
{
    /// <summary>
    /// A caller who has gone must not hold a connection for long, but the record of what they cost should be made.
    /// </summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Writes <paramref name="record"/>, whether or not the caller is still there. An answer without a record is a
    /// failed answer: the fault says so.
    /// </summary>
    public async Task<Fault?> RunAsync(CompletionRecord record)
    {
        telemetry.Answered(record.Engine.Name, record.Answer);
        using var limit = new CancellationTokenSource(Within);
        try
        {
            await using var connection = await database.OpenForAsync(record.Caller.ProjectId, limit.Token);
            await connection.ExecuteAsync(Insert(record), limit.Token);
            return null;
        }
        catch (Exception exception) when (
            DependencyFailure.NameOf(exception) is not null || exception is OperationCanceledException)
        {
            logger.RecordLost(exception, record.Answer.Status);
            return new(FaultCode.DependencyUnavailable, "The service cannot reach the database now. Try again soon.");
        }
    }

    private static Sql Insert(CompletionRecord record)
    {
        var answer = record.Answer;
        var elapsed = answer.Elapsed.TotalSeconds;
        var question = record.Texts is null ? null : record.Question;
        var text = record.Texts is null ? null : WholeCharacters(answer.Text);
        return
            $"""
            insert into serving.completion (
                id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
                question_sha256, answer_sha256, input_tokens, output_tokens, duration_seconds, first_words_seconds,
                vector_store_ids, retrieved, citations, trace_id, created_at,
                question, answer, input, response, previous_id, cached_input_tokens, cost, currency)
            values (
                {record.Id}, {record.Caller.ProjectId}, {record.Caller.KeyId?.Value}, {record.Api}, {record.Model},
                {record.Engine.Name}, {answer.EngineModel}, {PromptVersion(record)}, {answer.Status}, {answer.Failure},
                {answer.Refused}, {Hash(record.Question)}, {Hash(answer.Text)}, {answer.Usage.InputTokenCount ?? 0},
                {answer.Usage.OutputTokenCount ?? 0}, {elapsed}, {answer.FirstWordsAfter?.TotalSeconds},
                {record.VectorStoreIds.ToArray()}, {Retrieved(answer)}::jsonb, {Citations(answer)}::jsonb,
                {Activity.Current?.TraceId.ToString()}, {record.CreatedAt},
                {question}, {text}, {record.Texts?.Input}::jsonb, {record.Texts?.Response}::jsonb, {record.PreviousId},
                {answer.Usage.CachedInputTokenCount ?? 0}, {answer.Cost}, {answer.Currency})
            """;
    }

    // Without sources the conversation goes on without our prompt.
    private static string? PromptVersion(CompletionRecord record) =>
        record.VectorStoreIds.Count > 0 ? record.Engine.PromptVersion : null;

    private static string Retrieved(Answer answer) => JsonSerializer.Serialize(
        answer.Searches.SelectMany(search => search.Results)
            .Select(passage => new { passage.ChunkId, passage.FileId, passage.VectorStoreId, passage.Score }),
        JsonDefaults.Options);

    private static string Citations(Answer answer) => JsonSerializer.Serialize(
        answer.Citations.Select(citation => new
        {
            citation.Passage.ChunkId,
            citation.Passage.FileId,
            citation.Start,
            citation.End,
            IsQuote = citation.Quote is not null,
        }),
        JsonDefaults.Options);

    // A model's stream may end in the middle of a character, which is no UTF-8.
    private static string WholeCharacters(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
