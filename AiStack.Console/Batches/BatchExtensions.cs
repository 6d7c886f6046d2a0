using AiStack.Console.SignIn;

namespace AiStack.Console.Batches;

/// <summary>Batches: many requests in a file, and the files that they end in.</summary>
internal static class BatchExtensions
{
    public static void AddBatches(this IHostApplicationBuilder builder) => builder.Services.AddTransient<BatchesApi>();

    public static void MapBatches(this IEndpointRouteBuilder app) =>
        app.MapGet("/batches/files/{fileId}", DownloadFile.HandleAsync).RequireAuthorization(Roles.Viewer);
}
