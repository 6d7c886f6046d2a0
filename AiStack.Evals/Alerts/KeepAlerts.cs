using AiStack.Contracts;
using AiStack.Evals.Alerts.Rules;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Evals.Alerts;

/// <summary>
/// Stores what the rules found: opens alerts, keeps them open, and resolves those that are over.
/// </summary>
internal sealed partial class KeepAlerts(
    EvalsTelemetry telemetry, IOptions<AlertOptions> options, ILogger<KeepAlerts> logger)
{
    /// <summary>
    /// Keeps what was found in one project at <paramref name="now"/>, on a connection that sees its rows. Who opens or
    /// resolves an alert says so, of several replicas the one that did.
    /// </summary>
    public async Task RunAsync(
        NpgsqlConnection connection,
        Id<Project> project,
        List<AlertFinding> found,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        foreach (var (rule, subject) in await OpenAsync(connection, project, found, now, cancellationToken))
        {
            telemetry.AlertChanged(rule, "opened");
            Opened(logger, rule, subject, project);
        }

        foreach (var (rule, subject) in await ResolveAsync(connection, now, cancellationToken))
        {
            telemetry.AlertChanged(rule, "resolved");
            Resolved(logger, rule, subject, project);
        }

        await connection.ExecuteAsync(
            $"delete from evals.alert where resolved_at < {now - options.Value.KeepResolved}", cancellationToken);
    }

    // In one order, or two replicas could wait for each other. A row that was updated has a transaction that ended it.
    private static async Task<IEnumerable<(string Rule, string Subject)>> OpenAsync(
        NpgsqlConnection connection,
        Id<Project> project,
        List<AlertFinding> found,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ordered = found.OrderBy(one => (one.Rule, one.Subject)).ToArray();
        var rows = await connection.ListAsync(
            $"""
            insert into evals.alert as known (
                id, project_id, rule, subject, what, value, limit_value, unit, opened_at, last_seen_at)
            select id, {project}, rule, subject, what, value, limit_value, unit, {now}, {now}
            from unnest(
                {ordered.Select(_ => Id<Alert>.New().Value).ToArray()},
                {ordered.Select(one => one.Rule).ToArray()},
                {ordered.Select(one => one.Subject).ToArray()},
                {ordered.Select(one => one.What).ToArray()},
                {ordered.Select(one => one.Value).ToArray()},
                {ordered.Select(one => one.Limit).ToArray()},
                {ordered.Select(one => one.Unit).ToArray()}
            ) as given (id, rule, subject, what, value, limit_value, unit)
            on conflict (project_id, rule, subject) where resolved_at is null do update
            set what = excluded.what, value = excluded.value, limit_value = excluded.limit_value,
                last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)
            returning rule, subject, xmax = 0
            """,
            row => (Rule: row.GetString(0), Subject: row.GetString(1), IsNew: row.GetBoolean(2)),
            cancellationToken);
        return rows.Where(row => row.IsNew).Select(row => (row.Rule, row.Subject));
    }

    private Task<List<(string Rule, string Subject)>> ResolveAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            update evals.alert
            set resolved_at = {now}
            where resolved_at is null and last_seen_at < {now - options.Value.ResolveAfter}
            returning rule, subject
            """,
            row => (row.GetString(0), row.GetString(1)),
            cancellationToken);

    [LoggerMessage(1, LogLevel.Warning, "Alert {Rule} of {Subject} opened in {ProjectId}.")]
    private static partial void Opened(ILogger logger, string rule, string subject, Id<Project> projectId);

    [LoggerMessage(2, LogLevel.Information, "Alert {Rule} of {Subject} is over in {ProjectId}.")]
    private static partial void Resolved(ILogger logger, string rule, string subject, Id<Project> projectId);
}
