using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace AiStack.Evals.Feedback;

/// <summary>Lists feedback, newest first: all of a project's, or what the filters leave of it.</summary>
internal static class ListFeedback
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query,
        string? verdict,
        string? since,
        [FromQuery(Name = "response_id")] string? responseId,
        string? user,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<UserFeedback>(newestFirst: true).TryGet(out var page, out var fault)
            || !new FeedbackQuery(verdict, since, responseId, user).Read().TryGet(out var filter, out fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await RunAsync(connection, page, filter, cancellationToken);
        return TypedResults.Ok(page.Of(found, feedback => feedback.Id.ToString()));
    }

    private static Task<List<FeedbackView>> RunAsync(
        NpgsqlConnection connection, PageRequest page, FeedbackFilter filter, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select id, completion_id, api, verdict, correction, comment, author, created_at, updated_at
            from evals.feedback
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
              and ({filter.Verdict}::text is null or verdict = {filter.Verdict})
              and ({filter.Since}::timestamptz is null or updated_at >= {filter.Since})
              and ({filter.CompletionId}::uuid is null or completion_id = {filter.CompletionId})
              and ({filter.Author}::text is null or author = {filter.Author})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            FeedbackView.Read,
            cancellationToken);
}
