using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace AiStack.Ingest.Connectors.AzureBlob;

/// <summary>Blobs of a container of Azure Storage.</summary>
internal sealed class AzureBlobKind(SourceHttp http) : ConnectorKind<AzureBlobSettings>
{
    private const string ConnectionString = "connection_string";
    private const string SasToken = "sas_token";

    public override string Name => "azure_blob";

    public override string Summary => "Blobs of a container of Azure Storage.";

    public override IReadOnlyList<string> Secrets => [ConnectionString, SasToken];

    protected override Fault? Check(AzureBlobSettings settings, IReadOnlyDictionary<string, string> secrets)
    {
        if (secrets.ContainsKey(ConnectionString) == settings.AccountUrl is not null)
        {
            return new(
                FaultCode.InvalidArgument,
                $"Give either the secret '{ConnectionString}', or 'account_url' with the secret '{SasToken}'.",
                "settings.account_url");
        }

        if (settings.AccountUrl is { } address)
        {
            return http.CheckAddress(address) is { } wrong
                ? new(FaultCode.InvalidArgument, $"'account_url' {wrong}", "settings.account_url")
                : null;
        }

        try
        {
            var client = new BlobContainerClient(secrets[ConnectionString], settings.Container);
            return http.CheckAddress(client.Uri.GetLeftPart(UriPartial.Path)) is { } wrong
                ? new(FaultCode.InvalidArgument, $"The blobs' address in it {wrong}", $"secrets.{ConnectionString}")
                : null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return new(
                FaultCode.InvalidArgument, "It is no connection string of Azure.", $"secrets.{ConnectionString}");
        }
    }

    protected override Task<IConnector> OpenAsync(
        AzureBlobSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        var options = new BlobClientOptions
        {
            Transport = new HttpClientTransport(http.PlainClient()),
            Retry = { MaxRetries = 2, NetworkTimeout = SourceHttp.Patience, MaxDelay = TimeSpan.FromSeconds(10) },
            // Not ours to log: names of blobs are content.
            Diagnostics = { IsLoggingEnabled = false, IsTelemetryEnabled = false, IsDistributedTracingEnabled = false },
        };
        var container = settings.AccountUrl is { } account
            ? new BlobContainerClient(Address(account, settings.Container, secrets), options)
            : new BlobContainerClient(secrets[ConnectionString], settings.Container, options);
        return Task.FromResult<IConnector>(new AzureBlobContainer(container, settings));
    }

    private static Uri Address(string account, string container, IReadOnlyDictionary<string, string> secrets) => new(
        $"{account.TrimEnd('/')}/{container}"
        + (secrets.TryGetValue(SasToken, out var token) ? $"?{token.TrimStart('?')}" : ""));
}
