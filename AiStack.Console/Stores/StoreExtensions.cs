namespace AiStack.Console.Stores;

/// <summary>Stores in depth: what they hold, how it was cut, and what a search in them finds.</summary>
internal static class StoreExtensions
{
    public static void AddStores(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<ChunksApi>();
        builder.Services.AddTransient<SearchApi>();
    }
}
