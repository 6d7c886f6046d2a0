using Microsoft.AspNetCore.Components.Routing;

namespace AiStack.Console.Frame;

/// <summary>A page's place in the navigation.</summary>
internal sealed record NavigationLink(string Title, string Path, string Icon, NavLinkMatch Match = NavLinkMatch.Prefix);

/// <summary>The pages there are, in the order of the navigation. A page is listed when it works, not before.</summary>
internal static class Navigation
{
    public static IReadOnlyList<NavigationLink> Links { get; } =
    [
        new("Start", "", "home", NavLinkMatch.All),
        new("Ask", "ask", "ask"),
        new("Files", "files", "files"),
    ];
}
