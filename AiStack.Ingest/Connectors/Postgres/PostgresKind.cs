using System.Net;
using System.Net.Sockets;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Outbound;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Ingest.Connectors.Postgres;

/// <summary>Rows of a table or a query of a PostgreSQL database.</summary>
internal sealed class PostgresKind(IOptions<ReachOptions> reach) : ConnectorKind<PostgresSettings>
{
    private const string Password = "password";
    private const int ConnectSeconds = 15;

    public override string Name => "postgres";

    public override string Summary => "Rows of a table or a query of a PostgreSQL database.";

    public override IReadOnlyList<string> Secrets => [Password];

    protected override Fault? Check(PostgresSettings settings, IReadOnlyDictionary<string, string> secrets) =>
        secrets.GetValueOrDefault(Password, "").Length == 0
            ? new(FaultCode.InvalidArgument, "Give the role's password as the secret 'password'.", "secrets.password")
        : settings.Table is null == settings.Query is null
            ? new(FaultCode.InvalidArgument, "Give either 'table' or 'query'.", "settings.query")
        : settings.Tls == PostgresTls.None && !reach.Value.AllowPrivateAddresses
            ? new(
                FaultCode.InvalidArgument,
                "'tls' cannot be 'none': this installation sends no secrets unencrypted.",
                "settings.tls")
        : null;

    protected override async Task<IConnector> OpenAsync(
        PostgresSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        var address = await AddressAsync(settings.Host, cancellationToken);
        var connection = new NpgsqlConnectionStringBuilder
        {
            // The address that was looked at, so that the name cannot mean another one in between.
            Host = address.ToString(),
            Port = settings.Port,
            Database = settings.Database,
            Username = settings.Username,
            Password = secrets[Password],
            SslMode = settings.Tls switch
            {
                PostgresTls.None => SslMode.Disable,
                PostgresTls.Require => SslMode.Require,
                _ => SslMode.VerifyFull,
            },
            // A server that asks for no password would let in whoever runs on this machine.
            RequireAuth = "Password,MD5,ScramSHA256",
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = ConnectSeconds,
            CommandTimeout = settings.StatementTimeoutSeconds,
            CancellationTimeout = 2_000,
            Pooling = false,
            ApplicationName = "aistack source",
            Options = "-c default_transaction_read_only=on",
        };
        var source = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        source.UseSslClientAuthenticationOptionsCallback(tls =>
        {
            tls.TargetHost = settings.Host;
            tls.CertificateChainPolicy = OutboundTls.Chain();
            tls.ClientCertificates = null; // This machine's own, if it has one.
        });
        return new PostgresRows(source.Build(), settings);
    }

    private async Task<IPAddress> AddressAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new SourceException($"The name '{host}' is not known.", exception);
        }

        return reach.Value.AllowPrivateAddresses || Array.TrueForAll(addresses, PublicAddresses.Has)
            ? addresses.FirstOrDefault() ?? throw new SourceException($"The name '{host}' is not known.")
            : throw new SourceException(
                $"The address of '{host}' is not of the public internet, and this installation allows no other.");
    }
}
