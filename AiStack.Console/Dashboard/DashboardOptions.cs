using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Dashboard;

/// <summary>
/// The tool that shows the stack's traces, metrics and logs: Aspire's dashboard, or any other tool that receives OTLP.
/// The Console links to it, and stores none of them itself.
/// </summary>
internal sealed class DashboardOptions : ISectionOptions
{
    private const string TraceId = "{traceId}";

    public static string Section => "Console";

    /// <summary>
    /// The tool's page of one trace, with <c>{traceId}</c> where its id goes. The default is none: then answers have
    /// no link to their trace.
    /// </summary>
    public string? TraceUrl { get; set; }

    /// <summary>The tool's first page. The default is none: the navigation then has no such entry.</summary>
    public string? DashboardUrl { get; set; }

    /// <summary>
    /// Who sees the links. The default is admins only: Aspire's dashboard, which AppHost links, shows every secret of
    /// the programs, and stops them. A tool with a sign-in of its own may be for everyone.
    /// </summary>
    public string DashboardRole { get; set; } = Roles.Admin;

    /// <summary>The page of a trace; null where there is no trace, or nothing that shows it.</summary>
    public string? PageOf(string? traceId) => string.IsNullOrEmpty(TraceUrl) || traceId is null
        ? null
        : TraceUrl.Replace(TraceId, Uri.EscapeDataString(traceId), StringComparison.Ordinal);

    /// <summary>True when <see cref="TraceUrl"/> is not set, or leads to a page of its own for each trace.</summary>
    public bool HasGoodTraceUrl() => string.IsNullOrEmpty(TraceUrl)
        || (TraceUrl.Contains(TraceId, StringComparison.Ordinal) && IsWeb(PageOf("0")!));

    /// <summary>True when <see cref="DashboardUrl"/> is not set, or leads somewhere.</summary>
    public bool HasGoodDashboardUrl() => string.IsNullOrEmpty(DashboardUrl) || IsWeb(DashboardUrl);

    // Nothing else is an address that a browser may be sent to: one of these would run as a script.
    private static bool IsWeb(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
