using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Lineage;
using AiStack.Ingest.Receipts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Writes down what services found and erased, gives the next one its turn, and ends the erasure after the last one:
/// with a signed receipt, and without the names that it was about.
/// </summary>
internal sealed class ErasureReports(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ReceiptKeys keys, TimeProvider time)
    : IWorkHandler<ErasureReport>
{
    /// <summary>Another worker may still write down what the service told before that it is done.</summary>
    private static readonly TimeSpan _wait = TimeSpan.FromMilliseconds(200);

    public static string Queue => ErasureReport.Queue;

    public static int MaxBatch => 50;

    public Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ErasureReport>> leases, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            projectId,
            async connection =>
            {
                foreach (var lease in leases)
                {
                    await WriteAsync(connection, projectId, lease.Payload, cancellationToken);
                }

                await WorkQueue.CompleteAllAsync(connection, leases, cancellationToken);
                foreach (var report in leases.Select(lease => lease.Payload).Where(report => report.IsDone))
                {
                    await GoOnAsync(connection, projectId, report, cancellationToken);
                }

                return true;
            },
            cancellationToken);

    private static async Task WriteAsync(
        NpgsqlConnection connection, Id<Project> project, ErasureReport report, CancellationToken cancellationToken)
    {
        var kinds = report.Items.Select(item => item.Kind).ToArray();
        var ids = report.Items.Select(item => item.Id).ToArray();
        var outcomes = report.Items.Select(item => item.Outcome).ToArray();
        var amounts = report.Items.Select(item => item.Amount).ToArray();
        await connection.ExecuteAsync(
            $"""
            with failed as (
                update ingest.erasure
                set status = 'failed', error = {report.Failure}::text
                where id = {report.ErasureId} and status = 'running' and {report.Failure}::text is not null
            )
            insert into ingest.erasure_item (erasure_id, project_id, kind, id, outcome, amount)
            select e.id, {project}, item.kind, item.id, item.outcome, item.amount
            from unnest({kinds}, {ids}, {outcomes}, {amounts}) with ordinality
                as item (kind, id, outcome, amount, place)
            join ingest.erasure e on e.id = {report.ErasureId}
            order by item.place
            -- A turn that was begun again tells it again.
            on conflict (erasure_id, kind, id) do nothing
            """, cancellationToken);
    }

    private async Task GoOnAsync(
        NpgsqlConnection connection, Id<Project> project, ErasureReport done, CancellationToken cancellationToken)
    {
        var id = done.ErasureId;
        var isMore = await connection.FirstOrDefaultAsync(
            $"""
            select exists (
                select from ops.work_item
                where queue = {Queue} and project_id = {project} and state <> 'parked'
                  and payload ->> 'erasureId' = {id.ToString()})
            """,
            row => row.GetBoolean(0),
            cancellationToken);
        if (isMore)
        {
            await WorkQueue.EnqueueAllAsync(
                connection, project, Queue, [new ErasureReport(id, done.Service, [], IsDone: true)],
                cancellationToken, _wait);
            return;
        }

        // Of a turn that ended twice, the second time is another service's turn.
        var turn = await connection.FirstOrDefaultAsync(
            $"select turn from ingest.erasure where id = {id} and status = 'running' for update",
            row => (int?)row.GetInt32(0),
            cancellationToken);
        if (turn is not { } now || ErasureTurns.NameOf(now) != done.Service)
        {
            return;
        }

        await connection.ExecuteAsync($"update ingest.erasure set turn = turn + 1 where id = {id}", cancellationToken);
        if (ErasureTurns.NameOf(now + 1) is { } next)
        {
            await WorkQueue.EnqueueAsync(
                connection, project, EraseStep.QueueOf(next), new EraseStep(id, ErasureTurns.IsLast(now + 1)),
                cancellationToken);
            return;
        }

        await EndAsync(connection, project, id, cancellationToken);
    }

    private async Task EndAsync(
        NpgsqlConnection connection, Id<Project> project, Id<Erasure> id, CancellationToken cancellationToken)
    {
        var erasure = (await ErasureObject.FindAsync(connection, id, cancellationToken))!;
        // Retention that found nothing was no erasure.
        var gone = await connection.ExecuteAsync(
            $"""
            delete from ingest.erasure e
            where e.id = {id} and e.is_sweep
              and not exists (select from ingest.erasure_item i where i.erasure_id = e.id and i.outcome = 'erased')
            """, cancellationToken);
        if (gone == 1)
        {
            return;
        }

        var now = time.GetUtcNow();
        var receipt = erasure.DryRun
            ? null
            : keys.Sign(JsonSerializer.SerializeToElement(
                ErasureReceipt.Of(project, erasure, now), JsonDefaults.Options));
        await connection.ExecuteAsync(
            $"""
            update ingest.erasure
            set status = 'completed', ended_at = {now}, names = null, receipt = {receipt}::text
            where id = {id}
            """, cancellationToken);
        if (!erasure.DryRun)
        {
            await LineageRows.WriteAsync(connection, project, [Step(project, erasure, now)], cancellationToken);
        }
    }

    /// <summary>What lineage is told: what was erased, by tables, and nobody's name.</summary>
    private static LineageEvent Step(Id<Project> project, ErasureObject erasure, DateTimeOffset now) =>
        new(LineageJob.Erase, erasure.Id.Value, RunState.Complete, now)
        {
            Outputs =
            [
                .. erasure.Counts.Where(count => count.Erased > 0).Select(count => new LineageDataset(
                    LineageNames.Namespace(project), $"tables/{count.Kind}", null,
                    Facets.Named(("lifecycleStateChange", Facets.Lifecycle("TRUNCATE"))),
                    Facets.Named(("outputStatistics", Facets.OutputRows(count.Erased))))),
            ],
            RunFacets = Facets.Named(("aistack_erasure", Facets.Own(
                "RunFacet", ("erasureId", erasure.Id.ToString()), ("by", erasure.Criteria.By),
                ("held", erasure.Counts.Sum(count => count.Held))))),
        };
}
