using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Evals.Alerts.Rules;

/// <summary>People who are not content with what they are told.</summary>
internal static class FeedbackRule
{
    public static async Task<IEnumerable<AlertFinding>> FindAsync(
        NpgsqlConnection connection, AlertOptions limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (verdicts, down) = await connection.FirstOrDefaultAsync(
            $"""
            select count(*), count(*) filter (where verdict = 'down')
            from evals.feedback
            where updated_at > {now - limits.FeedbackWindow}
            """,
            row => (row.GetInt64(0), row.GetInt64(1)),
            cancellationToken);
        var share = verdicts == 0 ? 0 : (double)down / verdicts;
        return verdicts < limits.MinVerdicts || share <= limits.MaxDownShare ? [] :
        [
            new(AlertRule.Feedback, "", "People are not content with the answers", share, limits.MaxDownShare, "1"),
        ];
    }
}
