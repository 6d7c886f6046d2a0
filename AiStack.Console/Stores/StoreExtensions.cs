namespace AiStack.Console.Stores;

/// <summary>Stores in detail: their files, the chunks, and what a search finds.</summary>
internal static class StoreExtensions
{
    public static void AddStores(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<ChunksApi>();
        builder.Services.AddTransient<ProblemsApi>();
        builder.Services.AddTransient<SearchApi>();
        builder.Services.AddTransient<QualityApi>();
        builder.Services.AddTransient<VersionsApi>();
    }

    public static void MapStores(this IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/problems.csv", ProblemsCsv.HandleAsync).RequireAuthorization();
}
