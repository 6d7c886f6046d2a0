using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Console.SignIn;

/// <summary>
/// Lets no other site open a circuit in the name of the person who is signed in. The cookie is strict, but sites on
/// other ports of a host count as the same one. What is posted otherwise carries a token of its page.
/// </summary>
internal static class SameOrigin
{
    private const string Circuits = "/_blazor";

    // Browsers say nothing of the origin when a page that closes sends its farewell; it needs the circuit's secret.
    private const string Farewell = "/_blazor/disconnect";

    public static void UseSameOrigin(this WebApplication app) => app.Use((context, next) =>
        IsOurs(context.Request) ? next(context) : Refusal.ToResult().ExecuteAsync(context));

    private static Fault Refusal { get; } = new(
        FaultCode.Forbidden, "A page of another site may not use the Console. Open the Console itself.", "Origin");

    private static bool IsOurs(HttpRequest request) =>
        !request.Path.StartsWithSegments(Circuits)
        || request.Path.Equals(Farewell, StringComparison.OrdinalIgnoreCase)
        || request.Headers.Origin is not [{ } origin]
        || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
