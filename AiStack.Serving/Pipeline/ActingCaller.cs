using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Npgsql;

namespace AiStack.Serving.Pipeline;

/// <summary>In whose name something is done after its request is over, with what their key may do now.</summary>
internal static class ActingCaller
{
    /// <summary>
    /// Reads the columns organisation, project, key, what the key could do then, what it can do now, and last, for whom
    /// it asked then and which models it may name now; null when the key is no longer good.
    /// </summary>
    public static Caller? Read(NpgsqlDataReader row)
    {
        Id<ApiKey>? key = row.IsDBNull(2) ? null : new(row.GetGuid(2));
        var granted = row.GetFieldValue<string[]>(3);
        if (key is not null && row.IsDBNull(4))
        {
            return null;
        }

        var now = key is null ? granted : row.GetFieldValue<string[]>(4);
        var scopes = granted.Where(scope => now.Contains(scope) || now.Contains(Scopes.Admin));
        return new(new(row.GetGuid(0)), new(row.GetGuid(1)), key, scopes.ToHashSet(StringComparer.Ordinal))
        {
            Principals = row.IsDBNull(row.FieldCount - 2)
                ? null
                : row.GetFieldValue<string[]>(row.FieldCount - 2).ToHashSet(StringComparer.Ordinal),
            Models = row.IsDBNull(row.FieldCount - 1)
                ? null
                : row.GetFieldValue<string[]>(row.FieldCount - 1).ToHashSet(StringComparer.Ordinal),
        };
    }
}
