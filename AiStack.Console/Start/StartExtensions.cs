namespace AiStack.Console.Start;

/// <summary>The first page: whether all is well, and what to do next.</summary>
internal static class StartExtensions
{
    public static void AddStart(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<StackProbe>();
        builder.Services.AddSingleton<SampleLoader>();
    }
}
