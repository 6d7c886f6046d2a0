using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiStack.Console.SignIn;

/// <summary>
/// What a sign-in says of a person, however they signed in: who they are, a name, one role, and which sign-in it is.
/// </summary>
internal static class SignInClaims
{
    /// <summary>The subject of everyone who signed in by a link.</summary>
    public const string ByLink = "local";

    private const string SignIn = "sign_in";
    private const int IdLength = 32;

    /// <summary>The person that the cookie will carry; the same one with the same role is known again.</summary>
    public static ClaimsPrincipal For(string subject, string name, string role) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, $"{role}/{subject}"),
            new(ClaimTypes.Name, name),
            new(ClaimTypes.Role, role),
            new(SignIn, RandomNumberGenerator.GetHexString(IdLength, lowercase: true)),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>The role of a person who is signed in.</summary>
    public static string? RoleOf(ClaimsPrincipal person) => person.FindFirstValue(ClaimTypes.Role);

    /// <summary>Which sign-in it is. It opens nothing.</summary>
    public static string? SignInOf(ClaimsPrincipal person) => person.FindFirstValue(SignIn);

    /// <summary>
    /// Who the person is, whatever they are called and whatever their role is: as the provider knows them. A person who
    /// signed in by a link is known only by that sign-in.
    /// </summary>
    public static string? IdOf(ClaimsPrincipal person) =>
        person.FindFirstValue(ClaimTypes.NameIdentifier)?.Split('/', 2) is [_, var subject]
            ? subject == ByLink ? $"{ByLink}-{SignInOf(person)}" : subject
            : null;

    /// <summary>Tells whether two sign-ins are the same person's with the same role, and nothing else.</summary>
    public static string PersonOf(ClaimsPrincipal person) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(person.FindFirstValue(ClaimTypes.NameIdentifier) ?? "")));
}
