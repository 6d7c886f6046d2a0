namespace AiStack.Console.Keys;

/// <summary>API keys, with which programs sign in, and what each may do.</summary>
internal static class KeyExtensions
{
    public static void AddKeys(this IHostApplicationBuilder builder) => builder.Services.AddTransient<KeysApi>();
}
