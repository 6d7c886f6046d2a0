using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>Lists the prompts, each by its newest version; or the versions of one; or gets one.</summary>
internal static class ListPrompts
{
    public static Task<IResult> HandleAsync(
        Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ListAsync(null, newestOnly: true, caller, database, cancellationToken);

    public static Task<IResult> VersionsAsync(
        string name, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ListAsync(name, newestOnly: false, caller, database, cancellationToken);

    /// <param name="version">A number, or a label.</param>
    public static async Task<IResult> GetAsync(
        string name, string version, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await connection.FirstOrDefaultAsync(
            PromptVersionObject.Select(name, version), PromptVersionObject.Read, cancellationToken);
        return found is null ? PromptEndpoints.NotFound(name, version).ToResult() : TypedResults.Ok(found);
    }

    private static async Task<IResult> ListAsync(
        string? name,
        bool newestOnly,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var versions = await connection.ListAsync(
            PromptVersionObject.Select(name, null, newestOnly), PromptVersionObject.Read, cancellationToken);
        return name is not null && versions.Count == 0
            ? PromptEndpoints.NotFound(name, null).ToResult()
            : TypedResults.Ok(new Prompts(versions));
    }

    internal sealed record Prompts(IReadOnlyList<PromptVersionObject> Data)
    {
        public string Object { get; } = "list";
    }
}
