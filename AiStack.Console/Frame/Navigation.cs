using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Frame;

/// <summary>A page's place in the navigation.</summary>
internal sealed record NavigationLink(string Title, string Path, string Icon, NavLinkMatch Match = NavLinkMatch.Prefix);

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
            new("Metrics", "metrics", "metrics"),
        ]),
        new("Manage",
        [
        ]),
    ];
}
