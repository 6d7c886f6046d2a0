using Microsoft.AspNetCore.Authorization;

namespace AiStack.Console.SignIn;

/// <summary>
/// What people may do. Each role includes the one before it, and each is the name of the policy that asks for it:
/// <c>RequireAuthorization(Roles.Operator)</c> at an endpoint, <c>AuthorizeView Policy</c> around a button, and
/// <see cref="Person.RefusalAsync"/> in what the button does.
/// </summary>
internal static class Roles
{
    /// <summary>Looks at everything, and asks questions.</summary>
    public const string Viewer = "Viewer";

    /// <summary>Changes what is there: files and stores.</summary>
    public const string Operator = "Operator";

    /// <summary>Decides who may do what: keys, and the sign-in of others.</summary>
    public const string Admin = "Admin";

    /// <summary>May have values shown that stand-ins stand for. Nobody is unless an admin or the provider says so.
    /// </summary>
    public const string PrivacyOfficer = "Privacy officer";

    /// <summary>Every role, the least first.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Operator, Admin, PrivacyOfficer];

    /// <summary>
    /// A policy for each role. What names none needs the role of a viewer, so a person without a role sees nothing.
    /// </summary>
    public static void AddRoles(this AuthorizationBuilder authorization)
    {
        foreach (var role in All)
        {
            authorization.AddPolicy(role, AtLeast(role));
        }

        authorization.SetDefaultPolicy(AtLeast(Viewer)).SetFallbackPolicy(AtLeast(Viewer));
    }

    private static AuthorizationPolicy AtLeast(string role) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireRole(All.SkipWhile(lesser => lesser != role))
        .Build();
}
