using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Evals.Runs;

/// <summary>
/// The rights of a run: it may read what its maker's key may read, for as long as the key may.
/// </summary>
internal static class RunRights
{
    /// <summary>What each question of a run needs.</summary>
    public static IReadOnlyList<string> ToAsk { get; } = [Scopes.ChatWrite, Scopes.VectorStoresRead];

    /// <summary>Why the caller may not have such a run; null when they may.</summary>
    public static Fault? FindLack(Caller caller, DataSource source)
    {
        const string Does = "A run that asks from vector stores";
        return caller.FindLack(Scopes.ChatWrite, Does, "data_source")
            ?? caller.FindLack(Scopes.VectorStoresRead, Does, "data_source.sampling_params.tools[0].vector_store_ids")
            ?? (source.Source is { Type: DataSource.FileSource }
                ? caller.FindLack(Scopes.FilesRead, "A run over a file", "data_source.source.id")
                : null);
    }
}

/// <summary>On whose behalf a run asks.</summary>
/// <param name="GivenScopes">What the request that made the run might do; null of runs made before that was kept.
/// </param>
/// <param name="KeyScopes">What the key may do now; null when it is revoked, past its day or gone.</param>
/// <param name="KeyModels">The only models that the key may name; null when it may name all.</param>
internal sealed record RunOwner(
    Id<Organisation> OrganisationId,
    Id<Project> ProjectId,
    Id<ApiKey>? KeyId,
    string[]? GivenScopes,
    string[]? KeyScopes,
    string[]? KeyModels)
{
    /// <summary>The caller to ask as; null when the key may not ask any more.</summary>
    public Caller? ToAsk()
    {
        var mayAsk = RunRights.ToAsk.All(scope =>
            Holds(KeyScopes ?? [], scope) && (GivenScopes is null || Holds(GivenScopes, scope)));
        return mayAsk
            ? new(OrganisationId, ProjectId, KeyId, RunRights.ToAsk.ToHashSet(StringComparer.Ordinal))
            {
                Models = KeyModels?.ToHashSet(StringComparer.Ordinal),
            }
            : null;
    }

    private static bool Holds(string[] scopes, string scope) => scopes.Contains(scope) || scopes.Contains(Scopes.Admin);
}
