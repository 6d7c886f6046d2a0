namespace AiStack.Console.Keys;

/// <summary>API keys: by which programs are let in, and what they may do.</summary>
internal static class KeyExtensions
{
    public static void AddKeys(this IHostApplicationBuilder builder) => builder.Services.AddTransient<KeysApi>();
}
