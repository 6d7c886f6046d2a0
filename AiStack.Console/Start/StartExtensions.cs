namespace AiStack.Console.Start;

/// <summary>What a person does first, and whether all is well.</summary>
internal static class StartExtensions
{
    public static void AddStart(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StackWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StackWatch>());
        builder.Services.AddSingleton<SampleLoader>();
    }
}
