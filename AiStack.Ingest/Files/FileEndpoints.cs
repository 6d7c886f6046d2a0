using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Ingest.Files;

/// <summary>The files API, as OpenAI has it: upload, find, read, delete.</summary>
internal static class FileEndpoints
{
    public static void AddFiles(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<UploadOptions>();
        builder.Services.AddScoped<UploadFile>();
        builder.Services.AddSingleton<ClearSuperseded>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ClearSuperseded>());
    }

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        // Only uploads are longer than other bodies, and the form's reader says their limit.
        var files = app.MapGroup("/v1/files").WithTags("Files");
        files.MapPost("/", UploadFile.HandleAsync).RequireScope(Scopes.FilesWrite)
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithName("UploadFile").WithSummary("Uploads a file.");
        files.MapGet("/", ListFiles.HandleAsync).RequireScope(Scopes.FilesRead)
            .WithName("ListFiles").WithSummary("Lists the project's files, a page at a time.");
        files.MapGet("/{id}", GetFile.HandleAsync).RequireScope(Scopes.FilesRead)
            .OnlyInSight(NotFound).WithName("GetFile").WithSummary("Gets a file's description.");
        files.MapGet("/{id}/content", GetFileContent.HandleAsync).RequireScope(Scopes.FilesRead)
            .OnlyInSight(NotFound).WithName("GetFileContent").WithSummary("Gets a file's bytes.");
        files.MapDelete("/{id}", DeleteFile.HandleAsync).RequireScope(Scopes.FilesWrite)
            .OnlyInSight(NotFound).WithName("DeleteFile")
            .WithSummary("Deletes a file; it leaves every vector store at once.");

        app.MapGet("/api/files/{id}/text", GetFileText.HandleAsync).RequireScope(Scopes.FilesRead).WithTags("Files")
            .OnlyInSight(NotProcessed).WithName("GetFileText")
            .WithSummary("Gets the text found in a file, in which citations point.");
        app.MapGet("/api/files/{id}/versions", ListFileVersions.HandleAsync).RequireScope(Scopes.FilesRead)
            .WithTags("Files").OnlyInSight(NotFound).WithName("ListFileVersions")
            .WithSummary("Lists the versions of a file's document, newest first.");
        app.MapGet("/api/files/{id}/origin", GetFileOrigin.HandleAsync).RequireScope(Scopes.FilesRead).WithTags("Files")
            .OnlyInSight(NotProcessed).WithName("GetFileOrigin")
            .WithSummary("Gets where words of a file's text stand in the file itself.");
        app.MapGet("/api/files/{id}/report", GetFileReport.HandleAsync).RequireScope(Scopes.FilesRead).WithTags("Files")
            .OnlyInSight(NotProcessed).WithName("GetFileReport")
            .WithSummary("Gets what reading a file found, and what its text may lack.");
    }

    public static Fault NotFound(string id) => new(FaultCode.NotFound, $"There is no file '{id}'.", "file_id");

    /// <summary>Of what is there only when a file was processed.</summary>
    public static Fault NotProcessed(string id) => new(
        FaultCode.NotFound,
        $"There is no file '{id}', or it was not processed yet: attach it to a vector store.",
        "id");
}
