using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Gateway.Keys;

/// <summary>
/// A caller may ask to be let in with less than its key may: the Console, which has one key, so acts for each person
/// within that person's role. Naming a scope that the key does not have has no effect.
/// </summary>
internal static class ActingScopes
{
    /// <summary>The scopes that a request is made with, with spaces between.</summary>
    public const string Header = "X-AiStack-Scopes";

    /// <summary>The caller with the scopes that it both asks for and has; unchanged when it asks for none.</summary>
    public static Caller Narrow(Caller caller, HttpRequest request) =>
        request.Headers.TryGetValue(Header, out var asked)
            ? caller with
            {
                Scopes = asked.SelectMany(line => (line ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Intersect(Scopes.All)
                    .Where(caller.Has)
                    .ToHashSet(StringComparer.Ordinal),
            }
            : caller;
}

/// <summary>The token by which inner services know who asks, and with which scopes.</summary>
internal sealed record InnerToken(string Value);
