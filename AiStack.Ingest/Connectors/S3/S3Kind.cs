using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;
using Amazon.Runtime;
using Amazon.S3;

namespace AiStack.Ingest.Connectors.S3;

/// <summary>Objects of a bucket of Amazon S3, or of a server that speaks as it does.</summary>
internal sealed class S3Kind(SourceHttp http) : ConnectorKind<S3Settings>
{
    private const string KeyId = "access_key_id";
    private const string Secret = "secret_access_key";
    private const string Token = "session_token";

    public override string Name => "s3";

    public override string Summary => "Objects of a bucket of Amazon S3, or of a server with its protocol.";

    public override IReadOnlyList<string> Secrets => [KeyId, Secret, Token];

    protected override Fault? Check(S3Settings settings, IReadOnlyDictionary<string, string> secrets)
    {
        if (settings.Endpoint is { } endpoint && http.CheckAddress(endpoint) is { } wrong)
        {
            return new(FaultCode.InvalidArgument, $"'endpoint' {wrong}", "settings.endpoint");
        }

        return secrets.ContainsKey(KeyId) == secrets.ContainsKey(Secret)
            && (secrets.ContainsKey(KeyId) || !secrets.ContainsKey(Token))
                ? null
                : new(
                    FaultCode.InvalidArgument,
                    $"Give '{KeyId}' and '{Secret}' together, or neither for a bucket that everyone may read.",
                    $"secrets.{(secrets.ContainsKey(KeyId) ? Secret : KeyId)}");
    }

    protected override Task<IConnector> OpenAsync(
        S3Settings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        var configuration = new AmazonS3Config
        {
            AuthenticationRegion = settings.Region,
            ForcePathStyle = settings.PathStyle,
            HttpClientFactory = new Clients(http),
            // What this machine's files and environment say of endpoints is about other buckets.
            IgnoreConfiguredEndpointUrls = true,
            MaxErrorRetry = 2,
            Timeout = SourceHttp.Patience,
        };
        if (settings.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint;
        }
        else
        {
            configuration.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(settings.Region);
        }

        return Task.FromResult<IConnector>(new S3Bucket(new(Credentials(secrets), configuration), settings));
    }

    /// <summary>Only what the source was given: never what this machine itself may read.</summary>
    private static AWSCredentials Credentials(IReadOnlyDictionary<string, string> secrets) =>
        !secrets.TryGetValue(KeyId, out var id) ? new AnonymousAWSCredentials()
        : secrets.TryGetValue(Token, out var token) ? new SessionAWSCredentials(id, secrets[Secret], token)
        : new BasicAWSCredentials(id, secrets[Secret]);

    private sealed class Clients(SourceHttp http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http.PlainClient();

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => true;
    }
}
