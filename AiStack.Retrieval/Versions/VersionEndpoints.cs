using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Retrieval.Versions;

/// <summary>What a store held, and taking it back (docs/versions.md).</summary>
internal static class VersionEndpoints
{
    private const string Path = "/api/vector_stores/{id}";

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

        var writes = app.MapGroup(Path).WithTags("Versions").RequireScope(Scopes.VectorStoresWrite);
        writes.MapPost("/snapshots", CreateSnapshot.HandleAsync).WithName("CreateSnapshot")
            .WithSummary("Keeps what a store holds, to be searched, compared and taken back.");
        writes.MapDelete("/snapshots/{snapshotId}", DeleteSnapshot.HandleAsync).WithName("DeleteSnapshot")
            .WithSummary("Deletes a snapshot.");

        app.MapGroup(Path).WithTags("Versions").RequireScope(Scopes.Admin)
            .MapPost("/rollback", RollBack.HandleAsync).WithName("RollBackStore")
            .WithSummary("Has a store hold what it held at a snapshot, with a reason; what it holds is kept as one.");
    }
}
