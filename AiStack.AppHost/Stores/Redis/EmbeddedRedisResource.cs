namespace AiStack.AppHost.Stores.Redis;

/// <summary>A server of our own that speaks Redis' protocol, on a free port of 127.0.0.1.</summary>
internal sealed class EmbeddedRedisResource(string name, string program, string home, ParameterResource password)
    : ExecutableResource(name, program, home), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public EndpointReference Endpoint => field ??= new(this, EndpointName);

    public ParameterResource Password => password;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{Endpoint.Property(EndpointProperty.HostAndPort)},password={password}");
}
