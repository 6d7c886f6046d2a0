using System.Diagnostics.Metrics;

namespace AiStack.Gateway;

/// <summary>
/// Everything the Gateway reports about itself, besides what ASP.NET Core and the proxy do. docs/telemetry.md lists it.
/// </summary>
internal sealed class GatewayTelemetry : IDisposable
{
    public const string Name = "AiStack.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _refusals;

    public GatewayTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _refusals = _meter.CreateCounter<long>(
            "aistack.gateway.refusals",
            unit: "{request}",
            description: "Requests that the Gateway refused itself, by reason.");
    }

    /// <summary>
    /// A request ended here; <paramref name="reason"/> is <c>key</c>, <c>wrong_keys</c>, <c>rate_limit</c>,
    /// <c>idempotency_key</c> or <c>service_unreachable</c>.
    /// </summary>
    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
