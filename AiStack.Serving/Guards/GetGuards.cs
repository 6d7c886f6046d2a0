using System.Text.Json.Serialization;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.Guards;

/// <summary>Tells the policy of the caller's project; everything is off where none was set.</summary>
internal static class GetGuards
{
    public static async Task<IResult> HandleAsync(
        Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var kept = await connection.FirstOrDefaultAsync(GuardRows.Select(), GuardRows.Read, cancellationToken);
        return TypedResults.Ok(GuardsObject.Of(kept));
    }
}

/// <summary>The policy as callers see it.</summary>
internal sealed record GuardsObject(
    GuardPolicy Policy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UpdatedBy)
{
    public string Object { get; } = "guards";

    public static GuardsObject Of(KeptPolicy? kept) =>
        new((kept?.Policy ?? GuardPolicy.Off).Whole(), kept?.UpdatedAt.ToUnixTimeSeconds(), kept?.UpdatedBy);
}
