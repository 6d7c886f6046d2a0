using System.Globalization;
using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Overview;
using AiStack.Console.Resources;
using AiStack.Console.Start;

namespace AiStack.Console.Alerts;

/// <summary>
/// What somebody should look at: requests that fail, or take long; work that waits, or was given up; a layer that does
/// not answer; a part of the stack that is not well. What telemetry the Console itself loses is
/// <see cref="TelemetryLosses"/>.
/// </summary>
internal static class AlertRules
{
    public static IEnumerable<AlertFinding> Find(
        Measured measured, IReadOnlyList<LayerState> layers, IReadOnlyList<Resource> resources, AlertOptions limits) =>
    [
        .. OfTraffic(measured, limits),
        .. WaitingWork.Read(measured).SelectMany(work => OfWork(work, limits)),
        .. OfLayers(layers),
        .. resources.Where(resource => resource.Condition == Condition.Bad).Select(OfResource),
    ];

    private static IEnumerable<AlertFinding> OfTraffic(Measured measured, AlertOptions limits)
    {
        if (GatewayTraffic.Read(measured, limits.Window) is not { } traffic
            || Math.Round(traffic.Requests) < limits.MinRequests)
        {
            yield break;
        }

        if (traffic.ErrorShare > limits.MaxErrorShare)
        {
            yield return new(
                "error_rate",
                "",
                "Requests fail",
                $"{Percent(traffic.ErrorShare)} of {traffic.Requests:F0} requests in {Time(limits.Window)}; "
                + $"the limit is {Percent(limits.MaxErrorShare)}.",
                traffic.ErrorView.Address);
        }

        if (traffic.P95 > limits.MaxLatency.TotalSeconds)
        {
            yield return new(
                "latency",
                "",
                "Requests take long",
                $"95 % are answered within {ChartValue.Text(traffic.P95, "s")}; "
                + $"the limit is {Time(limits.MaxLatency)}.",
                traffic.View.Address);
        }
    }

    private static IEnumerable<AlertFinding> OfWork(WaitingWork work, AlertOptions limits)
    {
        if (work.Oldest > limits.MaxQueueAge)
        {
            yield return new(
                "queue_age",
                work.Queue,
                $"Work waits in {work.Queue}",
                $"The oldest of {Words.Count((long)work.Items, "item")} has waited {Time(work.Oldest)}; "
                + $"the limit is {Time(limits.MaxQueueAge)}.",
                work.View.Address);
        }

        if (work.Parked > 0)
        {
            yield return new(
                "work_parked",
                work.Queue,
                $"Work was set aside in {work.Queue}",
                $"{Words.Count((long)work.Parked, "item")} failed too often to be tried again. "
                + "The service's log says why.",
                work.View.Address);
        }
    }

    // Every layer is reached through the Gateway: when that is away, nothing is known of the others.
    private static IEnumerable<AlertFinding> OfLayers(IReadOnlyList<LayerState> layers)
    {
        var away = layers.Where(layer => !layer.IsReachable).ToList();
        var cause = away.Find(layer => layer.Layer == StackProbe.Gateway);
        return (cause is null ? away : [cause]).Select(OfLayer);
    }

    private static AlertFinding OfLayer(LayerState layer) => new(
        "unreachable",
        layer.Layer.Name,
        $"{layer.Layer.Name} does not answer",
        layer.Reason ?? "It was asked, and gave no answer.",
        "#layers");

    private static AlertFinding OfResource(Resource resource) => new(
        "resource",
        resource.Name,
        $"{resource.Name} is not well",
        resource.Health is { Failing: [var failing, ..] }
            ? $"{resource.Word}: {failing.Name}, {failing.Text}"
            : $"{resource.Word}.",
        "resources");

    private static string Time(TimeSpan time) => ChartValue.Text(time.TotalSeconds, "s");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
