using AiStack.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;

namespace AiStack.Console.SignIn;

/// <summary>
/// The person at the browser. A handler asks here before it acts, although its button is shown only to those who may
/// press it: a program can send the press without the button.
/// </summary>
internal sealed class Person(AuthenticationStateProvider state, IAuthorizationService authorization, SignIns signIns)
{
    /// <summary>Who it is, in what they leave behind (<see cref="SignInClaims.IdOf"/>).</summary>
    public async Task<string?> IdAsync() => SignInClaims.IdOf((await state.GetAuthenticationStateAsync()).User);

    /// <summary>Why the person may not do what needs <paramref name="role"/>; null when they may.</summary>
    public async Task<Fault?> RefusalAsync(string role)
    {
        var user = (await state.GetAuthenticationStateAsync()).User;
        if (!signIns.IsGood(SignInClaims.SignInOf(user)))
        {
            return new Fault(
                FaultCode.Unauthenticated,
                "Your sign-in has expired. Sign in again in another tab, then try again here.");
        }

        return (await authorization.AuthorizeAsync(user, role)).Succeeded
            ? null
            : new Fault(
                FaultCode.Forbidden, $"This needs the role {role}. Ask the people who run AiStack for it.");
    }
}
