using AiStack.Contracts;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>Makes a project, and the administrator's key that is needed to use it.</summary>
internal sealed class CreateProject(NpgsqlDataSource database, TimeProvider time)
{
    private const int MaxNameLength = 200;

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, CreateProject create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(caller, request.Name, cancellationToken);
        return outcome.TryGet(out var created, out var fault)
            ? TypedResults.Created($"/api/projects/{created.Project.Id}", created)
            : fault.ToResult();
    }

    public async Task<Outcome<Created>> RunAsync(
        Caller caller, string name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
        {
            return new Fault(FaultCode.InvalidArgument, $"'name' must have 1 to {MaxNameLength} characters.", "name");
        }

        var projectId = Id<Project>.New();
        var secret = CreateKey.NewSecret();
        return await database.InTransactionAsync<Outcome<Created>>(
            projectId,
            async connection =>
            {
                var project = await connection.FirstOrDefaultAsync(
                    $"""
                    insert into gateway.project (id, organisation_id, name, created_at)
                    values ({projectId}, {caller.OrganisationId}, {name}, {time.GetUtcNow()})
                    on conflict on constraint project_name_once_per_organisation do nothing
                    returning id, name, created_at
                    """,
                    ProjectView.Read,
                    cancellationToken);
                if (project is null)
                {
                    return new Fault(FaultCode.Conflict, $"There is a project named '{name}' already.", "name");
                }

                var key = await CreateKey.InsertAsync(
                    connection,
                    projectId,
                    "First key",
                    secret,
                    [Scopes.Admin],
                    time.GetUtcNow(),
                    null,
                    caller.Models,
                    cancellationToken);
                return new Created(project, key!, secret);
            },
            cancellationToken);
    }

    internal sealed record Request(string Name);

    internal sealed record Created(ProjectView Project, KeyView Key, string Secret);
}
