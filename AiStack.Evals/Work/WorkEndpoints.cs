using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Work;

/// <summary>Work: what the services of the stack still have to do for a project.</summary>
internal static class WorkEndpoints
{
    public static void MapWork(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/work", CountWork.HandleAsync).RequireScope(Scopes.UsageRead).WithTags("Work")
            .WithName("CountWork").WithSummary("Counts what waits in each queue of the project's.");
}
