using System.Text.Json;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>A registered version. It never changes.</summary>
/// <param name="Id">Its name as a model: <c>support@3</c>.</param>
/// <param name="Card">What people should know of it: purpose, limits, licence, owner, data, metrics.</param>
/// <param name="CreatedBy">The key that registered it.</param>
internal sealed record ModelVersionObject(
    string Id, string Model, int Number, VersionSpec Spec, JsonElement Card, long CreatedAt, string CreatedBy)
{
    public string Object { get; } = "model.version";

    /// <summary>Versions of the connection's project: all of a model, or one of them.</summary>
    public static Sql Select(string? model, int? number) =>
        $"""
        select model, number, spec, card, created_at, created_by
        from serving.model_version
        where ({model}::text is null or model = {model}) and ({number}::int is null or number = {number})
        order by model, number desc
        """;

    public static ModelVersionObject Read(NpgsqlDataReader row) => new(
        ModelName.OfVersion(row.GetString(0), row.GetInt32(1)),
        row.GetString(0),
        row.GetInt32(1),
        JsonSerializer.Deserialize<VersionSpec>(row.GetString(2), JsonDefaults.Options)!,
        JsonElement.Parse(row.GetString(3)),
        row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds(),
        row.GetString(5));
}
