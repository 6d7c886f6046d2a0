using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.SignIn;

/// <summary>The OpenID Connect provider that people sign in with; none without <see cref="Authority"/>.</summary>
internal sealed class OidcOptions : ISectionOptions
{
    public static string Section => "Console:Oidc";

    /// <summary>
    /// The provider's issuer. It must be https, except on this machine: what it says decides who may do what.
    /// </summary>
    public Uri? Authority { get; set; }

    /// <summary>What people call the provider.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string Name { get; set; } = "your organisation";

    /// <summary>The Console, as the provider knows it. Its redirect address there is <c>/signin-oidc</c>.</summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// The Console's secret. A provider that takes public clients needs none: the exchange is proven by PKCE.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>The scopes asked for, with spaces between. The default is what a name takes.</summary>
    [RegularExpression("openid( [^ ]+)*", ErrorMessage = "Console:Oidc:Scope must begin with 'openid'.")]
    public string Scope { get; set; } = "openid profile";

    /// <summary>The claim that holds a person's roles or groups, one or a list.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>
    /// The value of <see cref="RoleClaim"/> that makes an admin; without it the provider makes no one an admin.
    /// </summary>
    public string? AdminRole { get; set; }

    /// <summary>The value that makes a privacy officer; without it the provider makes no one one.</summary>
    public string? PrivacyOfficerRole { get; set; }

    /// <summary>The value that makes an operator.</summary>
    public string? OperatorRole { get; set; }

    /// <summary>
    /// The value that makes a viewer, and without which a person who is nothing more is refused. The default makes
    /// everyone a viewer whom the provider lets sign in.
    /// </summary>
    public string? ViewerRole { get; set; }

    /// <summary>The role of a person with these values of the claim; null when they have none here.</summary>
    public string? RoleOf(IReadOnlyCollection<string> values) =>
        PrivacyOfficerRole is not null && values.Contains(PrivacyOfficerRole) ? Roles.PrivacyOfficer
        : AdminRole is not null && values.Contains(AdminRole) ? Roles.Admin
        : OperatorRole is not null && values.Contains(OperatorRole) ? Roles.Operator
        : ViewerRole is null || values.Contains(ViewerRole) ? Roles.Viewer
        : null;

    /// <summary>True for an address whose answers cannot be changed on the way.</summary>
    public static bool IsSafe(Uri authority) =>
        authority is { IsAbsoluteUri: true } && (authority.Scheme == Uri.UriSchemeHttps
            || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback));
}
