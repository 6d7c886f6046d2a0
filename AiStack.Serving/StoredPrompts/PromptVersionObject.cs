using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>A version of a prompt. It never changes.</summary>
/// <param name="Id">Its name in a model's version: <c>greeting@2</c>.</param>
/// <param name="Variables">The places of its text that a request fills.</param>
/// <param name="Labels">What points to it now, such as <c>production</c>.</param>
internal sealed record PromptVersionObject(
    string Id,
    string Name,
    int Number,
    string Text,
    IReadOnlyList<string> Variables,
    IReadOnlyList<string> Labels,
    string? Note,
    long CreatedAt,
    string CreatedBy)
{
    public string Object { get; } = "prompt.version";

    /// <summary>Versions of the connection's project, the newest of each prompt first.</summary>
    /// <param name="version">A number or a label; null for all.</param>
    /// <param name="newestOnly">Only the newest of each prompt.</param>
    public static Sql Select(string? name, string? version, bool newestOnly = false)
    {
        var number = int.TryParse(version, System.Globalization.NumberStyles.None, null, out var read)
            ? read
            : (int?)null;
        var label = number is null ? version : null;
        return
            $"""
            select v.name, v.number, v.text, v.note, v.created_at, v.created_by,
                   array(
                       select l.label from serving.prompt_label l
                       where l.name = v.name and l.number = v.number order by l.label)
            from serving.prompt_version v
            where ({name}::text is null or v.name = {name})
                and ({number}::int is null or v.number = {number})
                and ({label}::text is null or exists (
                    select from serving.prompt_label l
                    where l.name = v.name and l.number = v.number and l.label = {label}))
                and (not {newestOnly} or not exists (
                    select from serving.prompt_version newer where newer.name = v.name and newer.number > v.number))
            order by v.name, v.number desc
            """;
    }

    public static PromptVersionObject Read(NpgsqlDataReader row) => new(
        $"{row.GetString(0)}@{row.GetInt32(1)}",
        row.GetString(0),
        row.GetInt32(1),
        row.GetString(2),
        PromptText.Variables(row.GetString(2)),
        row.GetFieldValue<string[]>(6),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds(),
        row.GetString(5));
}
