using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.Guards;

internal static class GuardEndpoints
{
    public static void AddGuards(this IHostApplicationBuilder builder)
    {
        foreach (var guard in Guard.All)
        {
            builder.Services.AddSingleton(guard);
        }

        builder.Services.AddSingleton<ProjectGuards>();
    }

    public static void MapGuards(this IEndpointRouteBuilder app)
    {
        var guards = app.MapGroup("/api/guards").WithTags("Guards").RequireScope(Scopes.Admin);
        guards.MapGet("/", GetGuards.HandleAsync).WithName("GetGuards")
            .WithSummary("What the project's guards do with what they find.");
        guards.MapPut("/", SetGuards.HandleAsync).WithName("SetGuards")
            .WithSummary("Sets what they do, for all requests from now on.");
        guards.MapPost("/try", TryGuards.Handle).WithName("TryGuards")
            .WithSummary("Tells what would be found in a text. Nothing is kept.");
        guards.MapGet("/findings", ListFindings.HandleAsync).WithName("ListGuardFindings")
            .WithSummary("How often what was found in the last days, from the records of the answers.");
    }
}
