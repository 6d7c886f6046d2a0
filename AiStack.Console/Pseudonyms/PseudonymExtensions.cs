namespace AiStack.Console.Pseudonyms;

/// <summary>The way back from pseudonyms, for those who may.</summary>
internal static class PseudonymExtensions
{
    public static void AddPseudonyms(this IHostApplicationBuilder builder) =>
        builder.Services.AddTransient<PseudonymsApi>();
}
