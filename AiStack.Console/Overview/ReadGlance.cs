using System.Diagnostics;
using System.Globalization;
using AiStack.Console.Alerts;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.Usage;
using AiStack.Contracts;

namespace AiStack.Console.Overview;

/// <summary>Asks the API for the first page's numbers. They are counted from records: a restart loses none.</summary>
internal sealed class ReadGlance(IHttpClientFactory clients, UsageNames names, PersonalClock clock)
{
    public async Task<Outcome<Glance>> RunAsync(OverviewChoice choice, CancellationToken cancellationToken)
    {
        // The root of a trace that is not sampled: the page polls, and such traces would only be in the way.
        using var unsampled = new Activity("ask for the overview").SetIdFormat(ActivityIdFormat.W3C).Start();
        var gateway = new GatewayClient(clients.CreateClient(GatewayExtensions.Probe), ActingRole.Viewer);
        var usage = new UsageApi(gateway);
        var (start, stretches) = (choice.Range.Start(clock), choice.Range.Stretches(clock));
        var total = usage.TotalAsync(start, null, cancellationToken);
        var buckets = usage.ByTimeAsync(stretches, null, cancellationToken);
        var groups = usage.TotalAsync(start, choice.By, cancellationToken);
        var groupBuckets = usage.ByTimeAsync(stretches, choice.By, cancellationToken);
        var work = gateway.GetAsync<Page<QueueView>>("/api/work", cancellationToken);
        var alerts = new AlertsApi(gateway).ListAsync("open", null, cancellationToken);
        var known = await names.ReadAsync(choice.By ?? "", cancellationToken);
        if (!(await total).TryGet(out var ofAll, out var fault)
            || !(await buckets).TryGet(out var ofTime, out fault)
            || !(await groups).TryGet(out var ofGroups, out fault)
            || !(await groupBuckets).TryGet(out var ofGroupTime, out fault))
        {
            return fault;
        }

        Fault? unknown = null;
        return new Glance(
            choice,
            ofAll is [var one] ? one : null,
            ofTime,
            choice.By is null
                ? Times(choice, ofTime)
                : [.. ofGroups.Select(result => UsageNames.Named(result, choice.By, known))],
            ofGroupTime,
            (await work).TryGet(out var queues, out fault) ? queues.Data : [],
            (await alerts).TryGet(out var open, out unknown) ? open.Data : [],
            fault ?? unknown);
    }

    // The newest first, without those in which nothing was asked.
    private List<UsageGroup> Times(OverviewChoice choice, UsageBuckets buckets) =>
    [
        .. buckets.Data.Reverse().Where(bucket => bucket.Results.Count > 0).Select(bucket => new UsageGroup(
            bucket.StartTime.ToString(CultureInfo.InvariantCulture),
            clock.Local(DateTimeOffset.FromUnixTimeSeconds(bucket.StartTime))
                .ToString(choice.Range.Format, CultureInfo.InvariantCulture),
            bucket.Results[0])),
    ];
}
