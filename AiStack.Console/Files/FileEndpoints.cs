using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Console.Files;

/// <summary>Files: what people bring, and how it becomes searchable.</summary>
internal static class FileEndpoints
{
    public static void AddFiles(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<FilesApi>();
        builder.Services.AddTransient<StoresApi>();
        builder.Services.AddTransient<FileList>();
        builder.Services.AddScoped<UploadQueue>();
        builder.Services.AddScoped<ChosenStore>();
    }

    // A body is streamed through; the service that stores it limits its length.
    public static void MapFiles(this IEndpointRouteBuilder app) =>
        app.MapPost("/files/upload", UploadFile.HandleAsync).RequireAuthorization(Roles.Operator)
            .WithMetadata(new DisableRequestSizeLimitAttribute());
}
