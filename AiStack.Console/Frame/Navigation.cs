using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Frame;

/// <summary>
/// A page's place in the navigation, for those who may see it. One that needs the host is left out where there is none
/// that tells.
/// </summary>
internal sealed record NavigationLink(
    string Title,
    string Path,
    string Icon,
    NavLinkMatch Match = NavLinkMatch.Prefix,
    string Role = Roles.Viewer,
    bool NeedsHost = false);

/// <summary>Pages that belong together; the first ones need no title.</summary>
internal sealed record NavigationGroup(string? Title, IReadOnlyList<NavigationLink> Links);

/// <summary>The pages there are, in the order of the navigation. A page is listed when it works, not before.</summary>
internal static class Navigation
{
    public static IReadOnlyList<NavigationGroup> Groups { get; } =
    [
        new(null,
        [
            new("Overview", "", "home", NavLinkMatch.All),
            new("Ask", "ask", "ask"),
            new("Files", "files", "files"),
        ]),
        new("Watch",
        [
            new("Resources", "resources", "resources", NeedsHost: true),
            new("Console logs", "console-logs", "console", NeedsHost: true),
            new("Structured logs", "logs", "logs"),
            new("Traces", "traces", "trace"),
            new("Metrics", "metrics", "metrics"),
        ]),
        new("Manage",
        [
            new("Models", "models", "model"),
            new("Usage", "usage", "usage"),
            new("Alerts", "alerts", "alert"),
            new("Keys", "keys", "key", Role: Roles.Admin),
        ]),
    ];
}
