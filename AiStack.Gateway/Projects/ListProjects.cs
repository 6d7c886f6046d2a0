using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>Lists the projects of the caller's organisation, newest first.</summary>
internal static class ListProjects
{
    private const int MaxProjects = 1_000;

    public static async Task<Ok<Page>> HandleAsync(
        Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        var projects = await connection.ListAsync(
            $"""
            select id, name, created_at
            from gateway.project
            where organisation_id = {caller.OrganisationId}
            order by id desc
            limit {MaxProjects}
            """,
            ProjectView.Read,
            cancellationToken);
        return TypedResults.Ok(new Page(projects));
    }

    internal sealed record Page(IReadOnlyList<ProjectView> Data);
}
