using System.Security.Claims;
using AiStack.Console;
using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>A circuit whose person signs out in another page.</summary>
public sealed class CheckedSignInTests : IDisposable
{
    private readonly ClaimsPrincipal _ada = SignInClaims.For("ada", "Ada", Roles.Viewer);
    private readonly EndedFolder _ended = new();
    private readonly SignIns _signIns;
    private readonly CheckedSignIn _circuit;

    public CheckedSignInTests()
    {
        _signIns = _ended.SignIns(TimeProvider.System);
        _circuit = new(
            NullLoggerFactory.Instance,
            _signIns,
            Options.Create(new ConsoleOptions { SignInCheckEvery = TimeSpan.FromMilliseconds(20) }));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        ((IDisposable)_circuit).Dispose();
        _ended.Dispose();
    }

    [Fact]
    public async Task The_circuit_is_nobodys_once_its_person_has_signed_out()
    {
        See(_ada);
        var next = Begin();
        Assert.True((await _circuit.GetAuthenticationStateAsync()).User.Identity!.IsAuthenticated);

        _signIns.End(SignInClaims.SignInOf(_ada)!);

        Assert.False((await next.WaitAsync(TimeSpan.FromSeconds(10), Token)).User.Identity!.IsAuthenticated);
    }

    [Fact]
    public async Task The_circuit_stays_its_persons_who_signed_in_again_and_goes_with_that_sign_in()
    {
        var again = SignInClaims.For("ada", "Ada", Roles.Viewer);
        See(_ada);
        See(again);
        var next = Begin();
        Assert.True(_signIns.Continue(SignInClaims.SignInOf(_ada)!, SignInClaims.SignInOf(again)!));

        _signIns.End(SignInClaims.SignInOf(_ada)!);
        await Assert.ThrowsAsync<TimeoutException>(() => next.WaitAsync(TimeSpan.FromMilliseconds(200), Token));

        _signIns.End(SignInClaims.SignInOf(again)!);
        Assert.False((await next.WaitAsync(TimeSpan.FromSeconds(10), Token)).User.Identity!.IsAuthenticated);
    }

    private void See(ClaimsPrincipal person) => _signIns.Seen(
        SignInClaims.SignInOf(person)!, SignInClaims.PersonOf(person), DateTimeOffset.MaxValue);

    /// <summary>Begins the circuit; the task is what it is told next of its person.</summary>
    private Task<AuthenticationState> Begin()
    {
        _circuit.SetAuthenticationState(Task.FromResult(new AuthenticationState(_ada)));
        var told = new TaskCompletionSource<AuthenticationState>();
        _circuit.AuthenticationStateChanged += async state => told.TrySetResult(await state);
        return told.Task;
    }
}
