using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>Writes a version of a prompt. Nothing uses it until it is named, or a label is moved to it.</summary>
internal static partial class CreatePrompt
{
    private const int MaxText = 20_000;
    private const int MaxNote = 2_000;
    private const int MaxVersions = 1_000;

    public static async Task<IResult> HandleAsync(
        string name,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Check(name, request) is { } wrong)
        {
            return wrong.ToResult();
        }

        var made = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                await connection.ExecuteAsync(
                    $"""select pg_advisory_xact_lock(hashtextextended({$"prompts:{caller.ProjectId}"}, 0))""",
                    cancellationToken);
                var number = await connection.FirstOrDefaultAsync(
                    $"""
                    insert into serving.prompt_version (
                        id, project_id, name, number, text, note, created_at, created_by)
                    select {Guid.CreateVersion7()}, {caller.ProjectId}, {name}, count(*) + 1, {request.Text},
                           {request.Note}::text, {time.GetUtcNow()}, {caller.KeyId?.ToString() ?? "service"}
                    from serving.prompt_version
                    where name = {name}
                    having count(*) < {MaxVersions}
                    returning number
                    """,
                    row => row.GetInt32(0),
                    cancellationToken);
                return number == 0
                    ? null
                    : await connection.FirstOrDefaultAsync(
                        PromptVersionObject.Select(name, $"{number}"), PromptVersionObject.Read, cancellationToken);
            },
            cancellationToken);
        return made is null
            ? new Fault(FaultCode.Conflict, $"'{name}' has {MaxVersions} versions, which is the limit.").ToResult()
            : TypedResults.Created($"/api/prompts/{name}/versions/{made.Number}", made);
    }

    private static Fault? Check(string name, Request request) =>
        !Allowed().IsMatch(name)
            ? RequestChecks.Invalid(
                "'name' must begin with a small letter and have at most 64 small letters, digits, '.', '_' and '-'.",
                "name")
        : string.IsNullOrWhiteSpace(request.Text)
            ? RequestChecks.Invalid("'text' is missing.", "text")
        : request.Text.Length > MaxText
            ? RequestChecks.Invalid($"'text' has {request.Text.Length} characters; the limit is {MaxText}.", "text")
        : request.Text.Contains('\0', StringComparison.Ordinal)
            ? RequestChecks.Invalid("'text' holds the character U+0000.", "text")
        : request.Note?.Contains('\0', StringComparison.Ordinal) == true
            ? RequestChecks.Invalid("'note' holds the character U+0000.", "note")
        : request.Note?.Length > MaxNote
            ? RequestChecks.Invalid($"'note' has {request.Note.Length} characters; the limit is {MaxNote}.", "note")
        : null;

    [GeneratedRegex("^[a-z][a-z0-9._-]{0,63}$")]
    public static partial Regex Allowed();

    /// <param name="Note">What is new in it, for people.</param>
    internal sealed record Request(string? Text, string? Note);
}
