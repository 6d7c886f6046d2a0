using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Ingest.Uploads;

/// <summary>The uploads API, as OpenAI has it: a file too large for one request comes in parts.</summary>
internal static class UploadEndpoints
{
    public static void AddUploads(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<LargeUploadOptions>();
        builder.Services.AddScoped<CreateUpload>();
        builder.Services.AddScoped<AddUploadPart>();
        builder.Services.AddScoped<CompleteUpload>();
    }

    public static void MapUploads(this IEndpointRouteBuilder app)
    {
        var uploads = app.MapGroup("/v1/uploads").WithTags("Uploads").RequireScope(Scopes.FilesWrite);
        uploads.MapPost("/", CreateUpload.HandleAsync)
            .WithName("CreateUpload").WithSummary("Begins an upload in parts.");
        uploads.MapPost("/{id}/parts", AddUploadPart.HandleAsync)
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithName("AddUploadPart").WithSummary("Adds a part.");
        uploads.MapPost("/{id}/complete", CompleteUpload.HandleAsync)
            .WithName("CompleteUpload").WithSummary("Makes the parts a file.");
        uploads.MapPost("/{id}/cancel", CancelUpload.HandleAsync)
            .WithName("CancelUpload").WithSummary("Throws the parts away.");
    }

    public static Fault NotFound(string id) => new(FaultCode.NotFound, $"There is no upload '{id}'.", "upload_id");
}
