using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Gateway.Projects;

/// <summary>Projects: whose data it is. A key belongs to one, and sees nothing of the others.</summary>
internal static class ProjectEndpoints
{
    public static void AddProjects(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<CreateProject>();
        builder.Services.AddHostedService<DevelopmentKey>();
    }

    public static void MapProjects(this IEndpointRouteBuilder app)
    {
        var projects = app.MapGroup("/api/projects").WithTags("Projects").RequireScope(Scopes.Admin);

        projects.MapPost("/", CreateProject.HandleAsync).WithName("CreateProject")
            .WithSummary("Makes a project in the caller's organisation, and its first key, shown this once.")
            .WithMetadata(new SecretAnswer());
        projects.MapGet("/", ListProjects.HandleAsync).WithName("ListProjects")
            .WithSummary("Lists the projects of the caller's organisation, newest first.");
    }
}
