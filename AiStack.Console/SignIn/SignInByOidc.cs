using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Console.SignIn;

/// <summary>Sends the browser to the OpenID Connect provider, and on to where the person was going.</summary>
internal static class SignInByOidc
{
    public const string Path = "/login/oidc";
    public const string DonePath = "/login/done";

    public static async Task HandleAsync(string? @return, HttpContext context)
    {
        var back = $"{DonePath}?return={Uri.EscapeDataString(ReturnPath.Safe(@return))}";
        try
        {
            await context.ChallengeAsync(Oidc.Scheme, new AuthenticationProperties { RedirectUri = back });
        }
        catch (InvalidOperationException exception) when (exception.InnerException is IOException)
        {
            // The provider's configuration could not be read.
            context.Response.Redirect($"{SignInEndpoints.LoginPath}?problem={SignInProblem.Unreachable}");
        }
    }

    // As after a link, a page that goes on by itself: the strict cookie is not sent along in the provider's redirects.
    public static RazorComponentResult<LoginPage> Done(string? @return) =>
        new(new { IsSignedIn = true, Next = ReturnPath.Safe(@return) });
}
