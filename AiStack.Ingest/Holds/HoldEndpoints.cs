using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Erasures;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiStack.Ingest.Holds;

/// <summary>Legal holds: what must not be erased, whatever else is asked for.</summary>
internal static class HoldEndpoints
{
    public static void AddHolds(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<ErasureSecrets>();
        builder.Services.AddSingleton<FileWords>();
        builder.Services.AddSingleton<HeldFiles>();
        builder.Services.AddSingleton<CreateHold>();
    }

    public static void MapHolds(this IEndpointRouteBuilder app)
    {
        var holds = app.MapGroup("/api/legal-holds").WithTags("Legal holds").RequireScope(Scopes.Admin);
        holds.MapPost("/", CreateHold.HandleAsync).WithName("CreateLegalHold")
            .WithSummary("Keeps a file, a source, a store, an end user or a person from being erased.");
        holds.MapGet("/", ListHolds.HandleAsync).WithName("ListLegalHolds")
            .WithSummary("Lists legal holds, newest first.");
        holds.MapPost("/{id}/release", ReleaseHold.HandleAsync).WithName("ReleaseLegalHold")
            .WithSummary("Ends a legal hold.");
    }
}
