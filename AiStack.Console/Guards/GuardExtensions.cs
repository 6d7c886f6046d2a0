namespace AiStack.Console.Guards;

/// <summary>Guards: what they do with what they find, a trial, and what they found.</summary>
internal static class GuardExtensions
{
    public static void AddGuards(this IHostApplicationBuilder builder) => builder.Services.AddTransient<GuardsApi>();
}
