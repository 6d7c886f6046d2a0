using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>Moves a label to a version: requests that name the label get that version from now on.</summary>
internal static class LabelPrompt
{
    public static async Task<IResult> HandleAsync(
        string name,
        string label,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!CreatePrompt.Allowed().IsMatch(label))
        {
            return RequestChecks.Invalid(
                "'label' must begin with a small letter and have at most 64 small letters, digits, '.', '_' and '-'.",
                "label").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var moved = await connection.ExecuteAsync(
            $"""
            insert into serving.prompt_label (project_id, name, label, number)
            select project_id, name, {label}, number
            from serving.prompt_version
            where name = {name} and number = {request.Number ?? 0}
            on conflict (project_id, name, label) do update set number = excluded.number
            """,
            cancellationToken);
        if (moved == 0)
        {
            return PromptEndpoints.NotFound(name, $"{request.Number}", "number").ToResult();
        }

        var version = await connection.FirstOrDefaultAsync(
            PromptVersionObject.Select(name, label), PromptVersionObject.Read, cancellationToken);
        return TypedResults.Ok(version);
    }

    internal sealed record Request(int? Number);
}
