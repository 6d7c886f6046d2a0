using System.Security.Claims;
using AiStack.Contracts;
using Microsoft.AspNetCore.Http;

namespace AiStack.ServiceDefaults.Authentication;

/// <summary>Who makes this request: the project whose data it may touch, and the key that says so.</summary>
/// <param name="KeyId">The API key; none when a service works for the project by itself.</param>
public sealed record Caller(
    Id<Organisation> OrganisationId, Id<Project> ProjectId, Id<ApiKey>? KeyId, IReadOnlySet<string> Scopes)
{
    // No name of a model has it.
    private const char Separator = ' ';

    /// <summary>The only models that the key may name; null when it may name all.</summary>
    public IReadOnlySet<string>? Models { get; init; }

    /// <summary>
    /// For whom it asks, by the names of <see cref="Authentication.Principals"/>; null when it does not say, which is
    /// nobody in particular.
    /// </summary>
    public IReadOnlySet<string>? Principals { get; init; }

    /// <summary>
    /// True when the key has <paramref name="scope"/>, or is an administrator's, which has all but
    /// <see cref="Scopes.PrivacyReveal"/>.
    /// </summary>
    public bool Has(string scope) => Scopes.Contains(scope)
        || (scope != Authentication.Scopes.PrivacyReveal && Scopes.Contains(Authentication.Scopes.Admin));

    /// <summary>True when the key may give <paramref name="scope"/> to others: an administrator's may give all.
    /// </summary>
    public bool MayGive(string scope) => Has(scope) || Has(Authentication.Scopes.Admin);

    /// <summary>
    /// The fault of a request that does more than its endpoint says, for which the caller lacks
    /// <paramref name="scope"/>; null when the caller has it.
    /// </summary>
    /// <param name="does">What needs it, as in "Searching vector stores".</param>
    public Fault? FindLack(string scope, string does, string? parameter = null) =>
        Has(scope) ? null : new(FaultCode.Forbidden, $"{does} needs a key with the scope {scope}.", parameter);

    /// <summary>The fault of a request that names a model which the key may not use; null when it may.</summary>
    public Fault? FindModelLack(string model) =>
        Models is null || Models.Contains(model)
            ? null
            : new(
                FaultCode.ModelNotAllowed,
                $"This key may not use the model '{model}'. It may use: {string.Join(", ", Models)}.",
                "model");

    /// <summary>For whom it asks, in one order; none where it asks for nobody in particular.</summary>
    public string[] PrincipalNames() =>
        [.. (Principals ?? Authentication.Principals.None).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The same as it is kept with what is done for the caller; null for nobody in particular. Words that were said for
    /// somebody are there only for callers who name at least the same: in SQL,
    /// <c>principals is null or principals &lt;@ {caller.PrincipalNames()}</c>.
    /// </summary>
    public string[]? KeptPrincipals() => Principals is null ? null : PrincipalNames();

    /// <summary>
    /// Makes <see cref="Caller"/> a parameter of endpoint handlers; endpoints require authentication, so it is there.
    /// </summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(From(context.User));

    /// <summary>The caller as claims; <see cref="BindAsync"/> reads them back.</summary>
    public IEnumerable<Claim> ToClaims()
    {
        yield return new(CallerTokens.OrganisationClaim, OrganisationId.ToString());
        yield return new(CallerTokens.ProjectClaim, ProjectId.ToString());
        yield return new(CallerTokens.ScopeClaim, string.Join(' ', Scopes));
        if (KeyId is { } key)
        {
            yield return new(CallerTokens.KeyClaim, key.ToString());
        }

        if (Models is not null)
        {
            yield return new(CallerTokens.ModelsClaim, string.Join(Separator, Models));
        }

        if (Principals is not null)
        {
            yield return new(
                CallerTokens.PrincipalsClaim, string.Join(Authentication.Principals.Separator, Principals));
        }
    }

    /// <summary>Who the claims are of; null when they are no caller's.</summary>
    public static Caller? From(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (!Id<Project>.TryParse(user.FindFirstValue(CallerTokens.ProjectClaim), null, out var project) ||
            !Id<Organisation>.TryParse(user.FindFirstValue(CallerTokens.OrganisationClaim), null, out var organisation))
        {
            return null;
        }

        var key = Id<ApiKey>.TryParse(user.FindFirstValue(CallerTokens.KeyClaim), null, out var id)
            ? id
            : (Id<ApiKey>?)null;
        var scopes = user.FindFirstValue(CallerTokens.ScopeClaim)?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new(organisation, project, key, scopes.ToHashSet(StringComparer.Ordinal))
        {
            Models = user.FindFirstValue(CallerTokens.ModelsClaim)?.Split(Separator).ToHashSet(StringComparer.Ordinal),
            Principals = user.FindFirstValue(CallerTokens.PrincipalsClaim)?
                .Split(Authentication.Principals.Separator, StringSplitOptions.RemoveEmptyEntries)
                .ToHashSet(StringComparer.Ordinal),
        };
    }
}
