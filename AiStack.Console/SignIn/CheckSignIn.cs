using System.Security.Claims;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Console.SignIn;

/// <summary>
/// Answers an open page whether its person is still signed in (401 when not), and lets the page go on under the sign-in
/// that they have now; 409 when that is another person's, or has another role.
/// </summary>
internal static class CheckSignIn
{
    public const string Path = "/sign-in";

    public static IResult Handle(
        [FromHeader(Name = "X-Person")] string? person,
        [FromHeader(Name = "X-Sign-In")] string? signIn,
        ClaimsPrincipal user,
        SignIns signIns)
    {
        // The page's own claim is not trusted: only a sign-in that was seen here continues.
        var isTheirs = person == SignInClaims.PersonOf(user)
            && SignInClaims.SignInOf(user) is { } now
            && (signIn is null || signIn == now || signIns.Continue(signIn, now));
        return isTheirs
            ? TypedResults.NoContent()
            : new Fault(FaultCode.Conflict, "Another person is signed in now. Load the page again.").ToResult();
    }
}
