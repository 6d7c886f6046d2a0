using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Work;

namespace AiStack.Retrieval.VectorStores;

/// <summary>The vector stores API, as OpenAI has it: stores, the files in them, and batches of files.</summary>
internal static class VectorStoreEndpoints
{
    /// <summary>The files that sources bring.</summary>
    public static void AddVectorStores(this IHostApplicationBuilder builder) =>
        builder.AddWorkHandler<SourceFile, PutSourceFileHandler>();

    public static void MapVectorStores(this IEndpointRouteBuilder app)
    {
        MapReads(app.MapGroup("/v1/vector_stores").WithTags("Vector stores").RequireScope(Scopes.VectorStoresRead));
        MapWrites(app.MapGroup("/v1/vector_stores").WithTags("Vector stores").RequireScope(Scopes.VectorStoresWrite));

        app.MapGet("/api/vector_stores/{id}/files/{fileId}/chunks", ListChunks.HandleAsync)
            .RequireScope(Scopes.VectorStoresRead).WithTags("Vector stores")
            .WithName("ListChunks").WithSummary("Lists the chunks of a file, with their places and what they repeat.");
        app.MapPost("/api/vector_stores/{id}/read_again", ReadAgain.HandleAsync)
            .RequireScope(Scopes.VectorStoresWrite).WithTags("Vector stores")
            .WithName("ReadAgain").WithSummary("Reads failed files, or files that an older parser read, again.");
    }

    private static void MapReads(RouteGroupBuilder stores)
    {
        stores.MapGet("/", ListStores.HandleAsync).WithName("ListVectorStores")
            .WithSummary("Lists the project's vector stores.");
        stores.MapGet("/{id}", GetStore.HandleAsync).WithName("GetVectorStore")
            .WithSummary("Gets a vector store and its counts.");
        stores.MapGet("/{id}/files", ListStoreFiles.HandleAsync)
            .WithName("ListVectorStoreFiles").WithSummary("Lists the files of a vector store.");
        stores.MapGet("/{id}/files/{fileId}", GetStoreFile.HandleAsync)
            .WithName("GetVectorStoreFile").WithSummary("Gets a file of a vector store and its state.");
        stores.MapGet("/{id}/files/{fileId}/content", GetStoreFileContent.HandleAsync)
            .WithName("GetVectorStoreFileContent").WithSummary("Gets the text of a file, chunk by chunk.");
        stores.MapGet("/{id}/file_batches/{batchId}", GetFileBatch.HandleAsync)
            .WithName("GetFileBatch").WithSummary("Gets a batch of files and its counts.");
        stores.MapGet("/{id}/file_batches/{batchId}/files", ListBatchFiles.HandleAsync)
            .WithName("ListFileBatchFiles").WithSummary("Lists the files of a batch.");
    }

    private static void MapWrites(RouteGroupBuilder stores)
    {
        stores.MapPost("/", CreateStore.HandleAsync).WithName("CreateVectorStore").WithSummary("Makes a vector store.");
        stores.MapPost("/{id}", ModifyStore.HandleAsync).WithName("ModifyVectorStore")
            .WithSummary("Changes a vector store.");
        stores.MapDelete("/{id}", DeleteStore.HandleAsync).WithName("DeleteVectorStore")
            .WithSummary("Deletes a vector store.");
        stores.MapPost("/{id}/files", AttachFile.HandleAsync)
            .WithName("AttachFile").WithSummary("Puts a file into a vector store.");
        stores.MapPost("/{id}/files/{fileId}", UpdateStoreFile.HandleAsync)
            .WithName("UpdateVectorStoreFile").WithSummary("Replaces a file's attributes, or whom it is for.");
        stores.MapDelete("/{id}/files/{fileId}", DetachFile.HandleAsync)
            .WithName("DetachFile").WithSummary("Takes a file out of a vector store.");
        stores.MapPost("/{id}/file_batches", CreateFileBatch.HandleAsync)
            .WithName("CreateFileBatch").WithSummary("Puts many files into a vector store.");
        stores.MapPost("/{id}/file_batches/{batchId}/cancel", CancelFileBatch.HandleAsync)
            .WithName("CancelFileBatch").WithSummary("Gives up on the files of a batch that are not completed.");
    }
}
