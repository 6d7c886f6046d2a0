using AiStack.Contracts;
using Npgsql;

namespace AiStack.Gateway.Projects;

/// <summary>A project as its organisation sees it.</summary>
internal sealed record ProjectView(Id<Project> Id, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Reads a row of: id, name, created_at.</summary>
    public static ProjectView Read(NpgsqlDataReader row) =>
        new(new(row.GetGuid(0)), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));
}
