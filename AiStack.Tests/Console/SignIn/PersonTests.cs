using System.Security.Claims;
using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

/// <summary>What a handler asks before it acts, whoever pressed its button.</summary>
public sealed class PersonTests
{
    [Theory]
    [InlineData(Roles.Viewer, true, false, false)]
    [InlineData(Roles.Operator, true, true, false)]
    [InlineData(Roles.Admin, true, true, true)]
    [InlineData("Emperor", false, false, false)]
    public async Task Each_role_may_do_what_the_lesser_ones_may(string role, bool looks, bool changes, bool decides)
    {
        var person = Person(SignInClaims.For("Ada", role));

        Assert.Equal(looks, await person.RefusalAsync(Roles.Viewer) is null);
        Assert.Equal(changes, await person.RefusalAsync(Roles.Operator) is null);
        Assert.Equal(decides, await person.RefusalAsync(Roles.Admin) is null);
    }

    [Fact]
    public async Task Nobody_may_do_nothing_and_the_refusal_says_who_may()
    {
        var refusal = await Person(new ClaimsPrincipal(new ClaimsIdentity())).RefusalAsync(Roles.Operator);

        Assert.Contains("Operator", refusal!.Message, StringComparison.Ordinal);
    }

    private static Person Person(ClaimsPrincipal user)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAuthorizationBuilder().AddRoles();
        return new(new Fixed(user), services.BuildServiceProvider().GetRequiredService<IAuthorizationService>());
    }

    private sealed class Fixed(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(user));
    }
}
