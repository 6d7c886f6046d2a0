using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>
/// Who is at a circuit's browser: no one, once their sign-in was ended or has run out and they have no
/// other. What the circuit shows is taken away then, although no request comes by that would be refused.
/// </summary>
internal sealed class CheckedSignIn(ILoggerFactory loggers, SignIns signIns, IOptions<ConsoleOptions> options)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => options.Value.SignInCheckEvery;

    protected override Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(signIns.IsGood(SignInClaims.SignInOf(authenticationState.User)));
}
