using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Work;

namespace AiStack.Retrieval.Versions;

/// <summary>What a store held, and taking it back (docs/versions.md).</summary>
internal static class VersionEndpoints
{
    private const string Path = "/api/vector_stores/{id}";

    /// <summary>What takes a store's place once it is made.</summary>
    public static void AddVersions(this IHostApplicationBuilder builder) =>
        builder.AddWorkHandler<SwitchStore, SwitchStoreHandler>();

    public static void MapVersions(this IEndpointRouteBuilder app)
    {
        var reads = app.MapGroup(Path).WithTags("Versions").RequireScope(Scopes.VectorStoresRead);
        reads.MapGet("/contents", ListContents.HandleAsync).WithName("ListStoreContents")
            .WithSummary("Lists what a store holds, or held at a time: files, their revisions, since when.");
        reads.MapGet("/snapshots", ListSnapshots.HandleAsync).WithName("ListSnapshots")
            .WithSummary("Lists a store's snapshots, newest first.");
        reads.MapGet("/snapshots/diff", DiffSnapshots.HandleAsync).WithName("DiffSnapshots")
            .WithSummary("Tells what two snapshots, or a snapshot and the store now, have different.");
        reads.MapGet("/rollbacks", ListRollbacks.HandleAsync).WithName("ListRollbacks")
            .WithSummary("Lists who had a store hold what it held at a snapshot, when and why.");
        reads.MapGet("/retention", GetRetention.HandleAsync).WithName("GetStoreRetention")
            .WithSummary("Gets how long versions of documents stay that a source replaced or removed.");
        reads.MapGet("/reprocess", GetReprocess.HandleAsync).WithName("GetReprocess")
            .WithSummary("Gets how far a store's reprocessing is.");

        var writes = app.MapGroup(Path).WithTags("Versions").RequireScope(Scopes.VectorStoresWrite);
        writes.MapPost("/snapshots", CreateSnapshot.HandleAsync).WithName("CreateSnapshot")
            .WithSummary("Keeps what a store holds, to be searched, compared and taken back.");
        writes.MapDelete("/snapshots/{snapshotId}", DeleteSnapshot.HandleAsync).WithName("DeleteSnapshot")
            .WithSummary("Deletes a snapshot.");
        writes.MapPost("/reprocess", Reprocess.HandleAsync).WithName("ReprocessStore")
            .WithSummary("Cuts a store's files anew, beside it, and then has that take its place at once.");
        writes.MapDelete("/reprocess", CancelReprocess.HandleAsync).WithName("CancelReprocess")
            .WithSummary("Ends a store's reprocessing; the store stays as it is.");

        var admin = app.MapGroup(Path).WithTags("Versions").RequireScope(Scopes.Admin);
        admin.MapPut("/retention", SetRetention.HandleAsync).WithName("SetStoreRetention")
            .WithSummary("Sets how long they stay, for what is replaced or removed from now on.");
        admin.MapPost("/rollback", RollBack.HandleAsync).WithName("RollBackStore")
            .WithSummary("Has a store hold what it held at a snapshot, with a reason; what it holds is kept as one.");
    }
}
