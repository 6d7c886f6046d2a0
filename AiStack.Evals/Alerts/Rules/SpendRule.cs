using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Evals.Alerts.Rules;

/// <summary>A day that costs more than it may. It is over when the next day begins, in UTC.</summary>
internal static class SpendRule
{
    public static async Task<IEnumerable<AlertFinding>> FindAsync(
        NpgsqlConnection connection, AlertOptions limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (limits.MaxSpendPerDay is not { } limit)
        {
            return [];
        }

        return await connection.ListAsync(
            $"""
            select currency, sum(cost)::double precision
            from serving.published_completion
            where created_at >= {new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero)} and cost > 0
            group by currency
            having sum(cost)::double precision > {limit}
            """,
            row => new AlertFinding(
                AlertRule.Spend,
                row.GetString(0),
                "Today's answers cost more than a day may",
                row.GetDouble(1),
                limit,
                row.GetString(0)),
            cancellationToken);
    }
}
