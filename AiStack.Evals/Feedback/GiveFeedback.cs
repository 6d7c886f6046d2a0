using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Feedback;

/// <summary>
/// Stores an author's feedback on an answer of the project. There is one per author and answer: later feedback
/// replaces the earlier completely.
/// </summary>
internal sealed class GiveFeedback(NpgsqlDataSource database, EvalsTelemetry telemetry, TimeProvider time)
{
    public const int MaxCorrectionLength = 20_000;
    public const int MaxCommentLength = 4_000;
    public const int MaxUserLength = 256;

    private static readonly Fault _unknownAnswer = new(
        FaultCode.NotFound, "There is no such answer in this project.", "response_id");

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, GiveFeedback give, CancellationToken cancellationToken)
    {
        var outcome = await give.RunAsync(caller, request, cancellationToken);
        return outcome.TryGet(out var feedback, out var fault)
            ? TypedResults.Json(
                feedback, statusCode: feedback.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : fault.ToResult();
    }

    public async Task<Outcome<FeedbackView>> RunAsync(
        Caller caller, Request request, CancellationToken cancellationToken)
    {
        if (FindFault(request) is { } fault)
        {
            return fault;
        }

        if (RatedAnswer.Parse(request.ResponseId) is not { } answer)
        {
            return _unknownAnswer;
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (await StoreAsync(connection, caller, answer, request, cancellationToken) is not { } feedback)
        {
            return _unknownAnswer;
        }

        telemetry.FeedbackGiven(feedback.Verdict, feedback.Correction is not null);
        return feedback;
    }

    // The answer's record is looked for and pointed at in one statement: another project's is not seen, so not found.
    private Task<FeedbackView?> StoreAsync(
        NpgsqlConnection connection,
        Caller caller,
        RatedAnswer answer,
        Request request,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var author = request.User ?? caller.KeyId?.ToString() ?? "service";
        return connection.FirstOrDefaultAsync(
            $"""
            insert into evals.feedback as f (
                id, project_id, completion_id, api, author, verdict, correction, comment, created_at, updated_at)
            select {Id<UserFeedback>.New()}, {caller.ProjectId}, c.id, c.api, {author}, {request.Verdict},
                   {Given(request.Correction)}::text, {Given(request.Comment)}::text, {now}, {now}
            from serving.published_completion c
            where c.id = {answer.CompletionId} and c.api = {answer.Api}
            on conflict (completion_id, author) do update
            set verdict = excluded.verdict, correction = excluded.correction, comment = excluded.comment,
                updated_at = excluded.updated_at
            returning f.id, f.completion_id, f.api, f.verdict, f.correction, f.comment, f.author, f.created_at,
                      f.updated_at, f.xmax = 0
            """,
            row => FeedbackView.Read(row) with { IsNew = row.GetBoolean(9) },
            cancellationToken);
    }

    private static Fault? FindFault(Request request)
    {
        if (request.Verdict is not ("up" or "down"))
        {
            return new(FaultCode.InvalidArgument, "'verdict' must be 'up' or 'down'.", "verdict");
        }

        if (request.User is { } user && (string.IsNullOrWhiteSpace(user) || Id<ApiKey>.TryParse(user, null, out _)))
        {
            return new(FaultCode.InvalidArgument, "'user' must name a person: it is empty, or a key's id.", "user");
        }

        return TooLong(request.Correction, MaxCorrectionLength, "correction")
            ?? TooLong(request.Comment, MaxCommentLength, "comment")
            ?? TooLong(request.User, MaxUserLength, "user");
    }

    private static Fault? TooLong(string? text, int limit, string field) =>
        text?.Length > limit
            ? new(FaultCode.InvalidArgument, $"'{field}' has {text.Length} characters; the limit is {limit}.", field)
            // Postgres has no text with a NUL in it.
            : text?.Contains('\0', StringComparison.Ordinal) == true
                ? new(FaultCode.InvalidArgument, $"'{field}' contains U+0000.", field)
                : null;

    // A field of a form that was left empty says nothing.
    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <param name="ResponseId">The id of a response or of a chat completion.</param>
    /// <param name="User">The author; without it, the key is the author.</param>
    internal sealed record Request(
        string? ResponseId = null,
        string? Verdict = null,
        string? Correction = null,
        string? Comment = null,
        string? User = null);
}
