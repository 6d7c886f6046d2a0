using System.Security.Claims;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>What a handler checks before it acts, for any caller.</summary>
public sealed class PersonTests : IDisposable
{
    private readonly EndedFolder _ended = new();

    public void Dispose() => _ended.Dispose();

    [Theory]
    [InlineData(Roles.Viewer, true, false, false, false)]
    [InlineData(Roles.Operator, true, true, false, false)]
    [InlineData(Roles.Admin, true, true, true, false)]
    [InlineData(Roles.PrivacyOfficer, true, true, true, true)]
    [InlineData("Emperor", false, false, false, false)]
    public async Task Each_role_may_do_what_the_lesser_ones_may(
        string role, bool looks, bool changes, bool decides, bool reveals)
    {
        var person = Person(SignInClaims.For("ada", "Ada", role));

        Assert.Equal(looks, await person.RefusalAsync(Roles.Viewer) is null);
        Assert.Equal(changes, await person.RefusalAsync(Roles.Operator) is null);
        Assert.Equal(decides, await person.RefusalAsync(Roles.Admin) is null);
        Assert.Equal(reveals, await person.RefusalAsync(Roles.PrivacyOfficer) is null);
    }

    [Fact]
    public async Task Nobody_may_do_nothing_and_the_refusal_says_who_may()
    {
        var signedOut = await Person(new ClaimsPrincipal(new ClaimsIdentity())).RefusalAsync(Roles.Viewer);
        var viewer = await Person(SignInClaims.For("ada", "Ada", Roles.Viewer)).RefusalAsync(Roles.Operator);

        Assert.Equal(FaultCode.Unauthenticated, signedOut!.Code);
        Assert.Contains("Operator", viewer!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_signed_out_elsewhere_may_do_nothing_in_a_page_that_is_still_open()
    {
        var user = SignInClaims.For("ada", "Ada", Roles.Admin);
        var signIns = _ended.SignIns(TimeProvider.System);
        var person = Person(user, signIns);
        Assert.Null(await person.RefusalAsync(Roles.Admin));

        signIns.End(SignInClaims.SignInOf(user)!);

        Assert.Equal(FaultCode.Unauthenticated, (await person.RefusalAsync(Roles.Viewer))!.Code);
    }

    [Fact]
    public async Task A_person_is_known_by_the_providers_subject_whatever_the_role_and_by_the_links_sign_in_alone()
    {
        var viewer = SignInClaims.For("auth0|ada/1", "Ada", Roles.Viewer);
        var first = SignInClaims.For(SignInClaims.ByLink, "Local", Roles.Admin);
        var second = SignInClaims.For(SignInClaims.ByLink, "Local", Roles.Admin);

        Assert.Equal("auth0|ada/1", await Person(viewer).IdAsync());
        Assert.NotEqual(await Person(first).IdAsync(), await Person(second).IdAsync());
        Assert.Null(await Person(new ClaimsPrincipal(new ClaimsIdentity())).IdAsync());
    }

    private Person Person(ClaimsPrincipal user, SignIns? signIns = null)
    {
        signIns ??= _ended.SignIns(TimeProvider.System);
        signIns.Seen(SignInClaims.SignInOf(user) ?? "", SignInClaims.PersonOf(user), DateTimeOffset.MaxValue);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAuthorizationBuilder().AddRoles();
        var authorization = services.BuildServiceProvider().GetRequiredService<IAuthorizationService>();
        return new(new Fixed(user), authorization, signIns);
    }

    private sealed class Fixed(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(user));
    }
}
