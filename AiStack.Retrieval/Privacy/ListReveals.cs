using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>Lists who had values shown, when, why, and what stood for them; never the values.</summary>
internal static class ListReveals
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Reveal>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var reveals = await connection.ListAsync(
            $"""
            select id, key_id, principals, reason, asked, stand_ins, created_at
            from retrieval.reveal
            where ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => new RevealObject(
                new(row.GetGuid(0)), row.IsDBNull(1) ? null : new Id<ApiKey>(row.GetGuid(1)),
                row.IsDBNull(2) ? null : row.GetFieldValue<string[]>(2), row.GetString(3), row.GetInt32(4),
                row.GetFieldValue<string[]>(5), row.GetFieldValue<DateTimeOffset>(6).ToUnixTimeSeconds()),
            cancellationToken);
        return TypedResults.Ok(page.Of(reveals, each => each.Id.ToString()));
    }

    /// <param name="Principals">For whom the key asked; null where its request did not say.</param>
    /// <param name="Asked">How many stand-ins were asked for; those that stood for something are named.</param>
    internal sealed record RevealObject(
        Id<Reveal> Id, Id<ApiKey>? KeyId, IReadOnlyList<string>? Principals, string Reason, int Asked,
        IReadOnlyList<string> StandIns, long CreatedAt)
    {
        public string Object { get; } = "pseudonym.reveal";
    }
}
