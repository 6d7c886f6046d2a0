using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Evals.Work;

/// <summary>What is counted over the queues of all services.</summary>
internal static class WorkQueries
{
    /// <summary>
    /// Each project's queues in which something waits; without <paramref name="project"/>, those of all projects. What
    /// is not to be done before a later time does not wait yet.
    /// </summary>
    public static Task<List<(Id<Project> Project, QueueView Queue)>> QueuesAsync(
        this NpgsqlConnection connection,
        Id<Project>? project,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select project_id, queue,
                   count(*) filter (where state = 'ready'),
                   count(*) filter (where state = 'leased'),
                   count(*) filter (where state = 'parked'),
                   coalesce(extract(epoch from {now} - min(due_at) filter (where state <> 'parked')), 0)::float8
            from ops.work_item
            where ({project?.Value}::uuid is null or project_id = {project?.Value})
              and (available_at <= {now} or attempts > 0)
            group by project_id, queue
            order by project_id, queue
            """,
            row => (new Id<Project>(row.GetGuid(0)), new QueueView(
                row.GetString(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                Math.Max(0, row.GetDouble(5)))),
            cancellationToken);
}
