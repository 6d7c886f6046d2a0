using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Alerts;

/// <summary>Alerts, from the API.</summary>
internal sealed class AlertsApi(GatewayClient gateway)
{
    /// <summary>More alerts than these at once add nothing.</summary>
    public const int PageSize = 50;

    /// <summary>A page of alerts, newest first: <c>open</c>, <c>resolved</c>, or <c>all</c>.</summary>
    public Task<Outcome<Page<AlertView>>> ListAsync(string status, string? after, CancellationToken cancellationToken)
    {
        var next = after is null ? null : $"&after={Uri.EscapeDataString(after)}";
        return gateway.GetAsync<Page<AlertView>>(
            $"/api/alerts?status={status}&limit={PageSize}{next}", cancellationToken);
    }
}
