using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Console.SignIn;

/// <summary>Forgets who this browser is.</summary>
internal static class SignOut
{
    public static async Task<RedirectHttpResult> HandleAsync(HttpContext context)
    {
        await context.SignOutAsync();
        return TypedResults.LocalRedirect(SignInEndpoints.LoginPath);
    }
}
