using AiStack.AppHost.Programs;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Stores;

/// <summary>
/// The one database of all services. Its owner, the server's superuser, is known to the migrations alone; each service
/// logs in as a role of its own, which row-level security binds.
/// </summary>
/// <param name="Owner">How the owner reaches it.</param>
/// <param name="Address">Where it is, without user name and password.</param>
internal sealed record SharedDatabase(
    IResourceBuilder<IResourceWithConnectionString> Owner, ReferenceExpression Address, LocalRun Run)
{
    private const int PasswordLength = 32;

    private readonly Dictionary<string, IResourceBuilder<ParameterResource>> _passwords = new(StringComparer.Ordinal);

    /// <summary>Gives a service its own connection string, under the database's name.</summary>
    public void GrantTo(IResourceBuilder<DotnetProgramResource> service)
    {
        var (name, role) = (Owner.Resource.Name, service.Resource.Name);
        var password = _passwords[role] = service.ApplicationBuilder.AddKeptSecret(
            $"{role}-database-password", PasswordLength, Run);
        service
            .WithEnvironment(
                $"ConnectionStrings__{name}",
                ReferenceExpression.Create($"{Address};Username=aistack_{role};Password={password}"))
            .WithReferenceRelationship(Owner.Resource);
    }

    /// <summary>Gives a program the owner's connection string, and what it needs to make the services' roles.</summary>
    public void GrantOwnershipTo(IResourceBuilder<DotnetProgramResource> migrations) => migrations
        .WithReference(Owner)
        .WaitFor(Owner)
        .WithEnvironment(context =>
        {
            foreach (var (role, password) in _passwords)
            {
                context.EnvironmentVariables[$"Roles__{role}"] = password.Resource;
            }
        });
}
