using System.Text.Json;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Serving.Guards;

/// <summary>A project's policy as it is kept, on a connection of the project.</summary>
internal sealed record KeptPolicy(GuardPolicy Policy, DateTimeOffset UpdatedAt, string UpdatedBy);

internal static class GuardRows
{
    public static Sql Select() => $"select policy, updated_at, updated_by from serving.guard_policy";

    public static KeptPolicy Read(NpgsqlDataReader row) => new(
        JsonSerializer.Deserialize<GuardPolicy>(row.GetString(0), JsonDefaults.Options)!,
        row.GetFieldValue<DateTimeOffset>(1),
        row.GetString(2));
}
