using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace AiStack.AppHost.Run;

/// <summary>Secrets as Aspire parameters.</summary>
internal static class SecretExtensions
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>
    /// A secret: set as <c>Parameters:NAME</c>, or kept from an earlier start in the data folder, or made now. Aspire's
    /// own <c>persist</c> keeps one set per user for all data folders, and a database is lost with its password.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddKeptSecret(
        this IDistributedApplicationBuilder builder, string name, int length, LocalRun run)
    {
        var made = LettersAndDigits(length);
        return builder.AddParameter(
            name,
            builder.ExecutionContext.IsPublishMode ? made : new KeptDefault(run.Secrets, name, made),
            secret: true);
    }

    /// <summary>A secret that is new at every start.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(
        this IDistributedApplicationBuilder builder, string name, int length) =>
        builder.AddParameter(name, LettersAndDigits(length), secret: true);

    /// <summary>Random letters and digits from a cryptographic source.</summary>
    public static string RandomText(int length) => RandomNumberGenerator.GetString(Alphabet, length);

    private static GenerateParameterDefault LettersAndDigits(int length) =>
        new() { MinLength = length, Special = false };

    private sealed class KeptDefault(SecretsFile secrets, string name, ParameterDefault made) : ParameterDefault
    {
        public override string GetDefaultValue() => secrets.GetOrAdd(name, made.GetDefaultValue);

        public override void WriteToManifest(ManifestPublishingContext context) => made.WriteToManifest(context);
    }
}
