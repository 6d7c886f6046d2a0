using System.Text.Json.Serialization;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>Gets a store's policy. One that was never set reports everything.</summary>
internal static class GetPrivacy
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, StandInKeys keys, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreSetting.ReadAsync(connection, id, "privacy", cancellationToken))
            .TryGet(out var stored, out var fault)
            ? TypedResults.Ok(PrivacyObject.Of(PrivacyPolicy.Read(stored, keys.Of(caller.ProjectId))))
            : fault.ToResult();
    }
}

/// <summary>A store's policy as the API shows it.</summary>
/// <param name="KeyChanged">
/// Whether stand-ins were made with another key than there is now: then masks are in their place until the policy is
/// set again. Only said where it is so.
/// </param>
internal sealed record PrivacyObject(
    string Default, IReadOnlyDictionary<string, string> Kinds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? KeyChanged)
{
    public static PrivacyObject Of(PrivacyPolicy policy) =>
        new(policy.Default, policy.Kinds, policy.KeyChanged ? true : null);
}
