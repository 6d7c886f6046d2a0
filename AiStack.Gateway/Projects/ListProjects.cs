using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>
/// Lists the projects of the caller's organisation a page at a time, newest first unless asked otherwise.
/// </summary>
internal static class ListProjects
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Project>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        var projects = await connection.ListAsync(
            $"""
            select id, name, created_at
            from gateway.project
            where organisation_id = {caller.OrganisationId}
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            ProjectView.Read,
            cancellationToken);
        return TypedResults.Ok(page.Of(projects, project => project.Id.ToString()));
    }
}
