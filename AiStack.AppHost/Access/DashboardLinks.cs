using Microsoft.Extensions.Configuration;

namespace AiStack.AppHost.Access;

/// <summary>Links into Aspire's dashboard. Each signs in, so that one click is enough.</summary>
internal sealed record DashboardLinks(string Address, string Token)
{
    /// <summary>The dashboard of this run; null where there is none.</summary>
    public static DashboardLinks? Of(IConfiguration configuration) =>
        configuration["ASPNETCORE_URLS"] is { Length: > 0 } address
        && configuration["AppHost:BrowserToken"] is { Length: > 0 } token
            ? new(address, token)
            : null;

    public string Login => $"{Address}/login?t={Token}";

    /// <summary>A trace, with <c>{traceId}</c> in place of its id.</summary>
    public string TraceTemplate => $"{Login}&returnUrl=%2Ftraces%2Fdetail%2F{{traceId}}";
}
