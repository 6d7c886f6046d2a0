using System.Text.Json.Serialization;
using AiStack.Contracts;
using Npgsql;

namespace AiStack.Evals.Feedback;

/// <summary>What an author thinks of an answer.</summary>
/// <param name="ResponseId">The answer, as the API that gave it calls it.</param>
/// <param name="Verdict"><c>up</c> or <c>down</c>.</param>
/// <param name="Correction">What the answer should have been.</param>
internal sealed record FeedbackView(
    Id<UserFeedback> Id,
    string ResponseId,
    string Verdict,
    string? Correction,
    string? Comment,
    string User,
    long CreatedAt,
    long UpdatedAt)
{
    public string Object { get; } = "feedback";

    /// <summary>True when the author had said nothing about the answer before.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    /// <summary>
    /// Reads a row of: id, completion_id, api, verdict, correction, comment, author, created_at, updated_at.
    /// </summary>
    public static FeedbackView Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        new RatedAnswer(row.GetGuid(1), row.GetString(2)).ToString(),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7).ToUnixTimeSeconds(),
        row.GetFieldValue<DateTimeOffset>(8).ToUnixTimeSeconds());
}

/// <summary>An answer by its record, and the API that it was asked by, which gives its id a prefix.</summary>
internal sealed record RatedAnswer(Guid CompletionId, string Api)
{
    private const string Responses = "responses";
    private const string ChatCompletions = "chat.completions";

    /// <summary>The answer that an id of either API names; <c>null</c> when it names none.</summary>
    public static RatedAnswer? Parse(string? id) =>
        Id<Response>.TryParse(id, null, out var response) ? new(response.Value, Responses)
        : Id<ChatCompletion>.TryParse(id, null, out var chat) ? new(chat.Value, ChatCompletions)
        : null;

    public override string ToString() => Api == ChatCompletions
        ? new Id<ChatCompletion>(CompletionId).ToString()
        : new Id<Response>(CompletionId).ToString();
}
