using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiStack.Console.SignIn;

/// <summary>What a sign-in says of a person, however they signed in: a name and one role.</summary>
internal static class SignInClaims
{
    /// <summary>The person that the cookie will carry.</summary>
    public static ClaimsPrincipal For(string name, string role) => new(new ClaimsIdentity(
        [new(ClaimTypes.Name, name), new(ClaimTypes.Role, role)], CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>The role of a person who is signed in.</summary>
    public static string? RoleOf(ClaimsPrincipal person) => person.FindFirstValue(ClaimTypes.Role);
}
