using AiStack.AppHost.Run;

namespace AiStack.AppHost.Stores.Postgres;

/// <summary>
/// A PostgreSQL server of our own in the data folder, reached by a unix socket, or by a port on Windows.
/// </summary>
internal sealed class EmbeddedPostgresResource(
    string name, PostgresFolder folder, Lazy<PostgresPrograms> programs, ParameterResource password)
    : ExecutableResource(name, OperatingSystem.IsWindows() ? programs.Value.Postgres : "/bin/sh", folder.Home),
        IResourceWithConnectionString
{
    public const string Owner = "postgres";
    public const string EndpointName = "tcp";

    public PostgresFolder Folder => folder;

    /// <exception cref="RefusalException">There is data of a version that is not installed.</exception>
    public PostgresPrograms Programs => programs.Value;

    public ParameterResource Password => password;

    /// <summary>The databases that a new server is made with.</summary>
    public List<string> Databases { get; } = [];

    /// <summary>Where it is, without a user name.</summary>
    public ReferenceExpression Address => OperatingSystem.IsWindows()
        ? ReferenceExpression.Create($"Host=127.0.0.1;Port={Port}")
        : ReferenceExpression.Create($"Host={folder.Socket}");

    /// <summary>How its owner reaches it.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Address};Username={Owner};Password={password}");

    /// <summary>Its port, on systems without unix sockets.</summary>
    public EndpointReferenceExpression Port =>
        new EndpointReference(this, EndpointName).Property(EndpointProperty.TargetPort);
}
