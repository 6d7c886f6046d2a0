using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Retrieval.Privacy;

/// <summary>What a store does with personal details, and the way back from stand-ins (docs/privacy.md).</summary>
internal static class PrivacyEndpoints
{
    private const string Path = "/api/vector_stores/{id}/privacy";

    public static void AddPrivacy(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StandInKeys>();
        builder.Services.AddSingleton<PseudonymRows>();
    }

    public static void MapPrivacy(this IEndpointRouteBuilder app)
    {
        app.MapGet(Path, GetPrivacy.HandleAsync).RequireScope(Scopes.VectorStoresRead).WithTags("Privacy")
            .WithName("GetStorePrivacy").WithSummary("Gets what a store does with personal details and secrets.");
        app.MapPut(Path, SetPrivacy.HandleAsync).RequireScope(Scopes.Admin).WithTags("Privacy")
            .WithName("SetStorePrivacy")
            .WithSummary("Sets what a store does with personal details and secrets, and indexes its files anew.");

        app.MapPost("/api/pseudonyms/reveal", RevealPseudonyms.HandleAsync).RequireScope(Scopes.PrivacyReveal)
            .WithTags("Privacy").WithName("RevealPseudonyms")
            .WithSummary("Gives the values that stand-ins stand for, with a reason, and records that it did.");
        app.MapGet("/api/pseudonyms/reveals", ListReveals.HandleAsync).RequireScope(Scopes.Admin)
            .WithTags("Privacy").WithName("ListReveals")
            .WithSummary("Lists who had values shown, when, why, and what stood for them, newest first.");
    }
}
