using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Receipts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Erasures: what a person, a source, an end user or time leaves is forgotten everywhere, with a receipt.
/// </summary>
internal static class ErasureEndpoints
{
    public static void AddErasures(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReceiptKeys>();
        builder.Services.AddSingleton<CreateErasure>();
        builder.Services.AddSingleton<SweepRetention>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SweepRetention>());
        builder.AddErasureTurn<EraseFiles>();
        builder.AddWorkHandler<ErasureReport, ErasureReports>();
    }

    public static void MapErasures(this IEndpointRouteBuilder app)
    {
        var erasures = app.MapGroup("/api/erasures").WithTags("Erasures").RequireScope(Scopes.Admin);
        erasures.MapPost("/", CreateErasure.HandleAsync).WithName("CreateErasure")
            .WithSummary("Erases by file, source, person, end user or age; or tells what that would erase.");
        erasures.MapGet("/", ListErasures.HandleAsync).WithName("ListErasures")
            .WithSummary("Lists erasures, newest first.");
        erasures.MapGet("/keys", (ReceiptKeys keys) => TypedResults.Ok(keys.PublicKeys)).WithName("GetReceiptKeys")
            .WithSummary("Gets the public key that receipts are signed with, as a JWK set.");
        erasures.MapPost("/verify", VerifyReceipt.HandleAsync).WithName("VerifyReceipt")
            .WithSummary("Says whether a receipt was signed here as it stands.");
        erasures.MapGet("/{id}", GetErasure.HandleAsync).WithName("GetErasure")
            .WithSummary("Gets an erasure: how far it is, and how much it found.");
        erasures.MapGet("/{id}/items", ListErasureItems.HandleAsync).WithName("ListErasureItems")
            .WithSummary("Lists the ids of what an erasure found.");
        erasures.MapGet("/{id}/receipt", GetReceipt.HandleAsync).WithName("GetErasureReceipt")
            .WithSummary("Gets the signed receipt of an erasure that is done.");
        erasures.MapPost("/{id}/retry", RetryErasure.HandleAsync).WithName("RetryErasure")
            .WithSummary("Has an erasure that failed go on where it stopped.");

        var retention = app.MapGroup("/api/retention").WithTags("Erasures").RequireScope(Scopes.Admin);
        retention.MapGet("/", GetRetention.HandleAsync).WithName("GetRetention")
            .WithSummary("Gets how long the project keeps answers, files and feedback.");
        retention.MapPut("/", SetRetention.HandleAsync).WithName("SetRetention")
            .WithSummary("Sets how long the project keeps answers, files and feedback.");
    }

    public static Fault NotFound(string id) => new(FaultCode.NotFound, $"There is no erasure '{id}'.", "id");
}
