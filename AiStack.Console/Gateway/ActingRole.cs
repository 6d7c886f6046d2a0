using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Components.Authorization;

namespace AiStack.Console.Gateway;

/// <summary>
/// The role in which the API is called: that of the person at the browser. The Console has one key that may do
/// everything; each request names the scopes of a role, and the Gateway allows no more.
/// </summary>
internal sealed class ActingRole(AuthenticationStateProvider? state)
{
    private static readonly string[] _viewers =
    [
        Scopes.FilesRead, Scopes.VectorStoresRead, Scopes.ChatWrite, Scopes.ModelsRead, Scopes.EvalsRead,
        Scopes.FeedbackRead, Scopes.FeedbackWrite, Scopes.UsageRead,
    ];

    private static readonly string[] _operators =
    [
        .. _viewers, Scopes.FilesWrite, Scopes.VectorStoresWrite, Scopes.EmbeddingsWrite, Scopes.EvalsWrite,
        Scopes.ModelsWrite,
    ];

    private string? _role;

    /// <summary>For what everyone may see and is asked once for all.</summary>
    public static ActingRole Viewer { get; } = new(null) { _role = Roles.Viewer };

    /// <summary>Acts for a person whose role is known without a page.</summary>
    public void Be(string? role) => _role = role;

    /// <summary>The scopes of the role; empty without a signed-in person.</summary>
    public async ValueTask<IReadOnlyList<string>> ScopesAsync()
    {
        var role = _role;
        if (role is null && state is not null)
        {
            role = SignInClaims.RoleOf((await state.GetAuthenticationStateAsync()).User);
        }

        return ScopesOf(role);
    }

    /// <summary>What a role may do, as the API calls it.</summary>
    public static IReadOnlyList<string> ScopesOf(string? role) => role switch
    {
        Roles.Viewer => _viewers,
        Roles.Operator => _operators,
        Roles.Admin => [Scopes.Admin],
        Roles.PrivacyOfficer => [Scopes.Admin, Scopes.PrivacyReveal],
        _ => [],
    };
}
