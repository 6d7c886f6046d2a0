using AiStack.Console.Metrics;

namespace AiStack.Console.Overview;

/// <summary>
/// The requests that came to the Gateway in a stretch of time, without the Console's own question whether all is well.
/// </summary>
/// <param name="View">The metric that it was read from.</param>
/// <param name="Errors">Answers that say that the stack failed: 500 and above. What a client did
/// wrong is not counted.</param>
internal sealed record GatewayTraffic(
    MetricView View,
    MetricView ErrorView,
    double Requests,
    double PerSecond,
    double Errors,
    double? P50,
    double? P95,
    double? P99)
{
    private const string Service = "gateway";
    private const string Name = "http.server.request.duration";
    private const string Status = "http.response.status_code";
    private const string Synthetic = "user_agent.synthetic.type";

    public double ErrorShare => Requests > 0 ? Errors / Requests : 0;

    /// <summary>
    /// What came in the stretch of time up to now; <c>null</c> while the Gateway has reported nothing.
    /// </summary>
    public static GatewayTraffic? Read(Measured measured, TimeSpan length)
    {
        if (measured.Find(Service, Name) is not { } instrument)
        {
            return null;
        }

        var view = new MetricView { Instrument = instrument.Id }.WithOnly(Synthetic, [""]);
        var failed = measured.Values(instrument.Id, Status).Where(code => code.StartsWith('5')).ToArray();
        var errorView = view.WithOnly(Status, failed);
        var errors = failed.Length == 0 ? 0 : measured.Total(errorView, length)?.Total ?? 0;
        var all = measured.Total(view, length);
        return new(
            view,
            failed.Length == 0 ? view with { SplitBy = Status } : errorView,
            all?.Total ?? 0,
            all?.Values[0] ?? 0,
            errors,
            all?.P50[0],
            all?.P95[0],
            all?.P99[0]);
    }
}
