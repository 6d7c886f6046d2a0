using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.HttpJson;

/// <summary>Items of an API that answers with JSON, page by page.</summary>
internal sealed class HttpJsonKind(SourceHttp http, TimeProvider time) : ConnectorKind<HttpJsonSettings>
{
    private const string Authorization = "authorization";
    private const string ApiKey = "api_key";

    public override string Name => "http_json";

    public override string Summary => "Items of an API that answers with JSON, page by page.";

    public override IReadOnlyList<string> Secrets => [Authorization, ApiKey];

    protected override Fault? Check(HttpJsonSettings settings, IReadOnlyDictionary<string, string> secrets)
    {
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0 || http.CheckAddress(url.GetLeftPart(UriPartial.Path)) is not null)
        {
            return new(
                FaultCode.InvalidArgument,
                "'url' must be an address that begins with https://, without a password in it.",
                "settings.url");
        }

        if (settings.CursorParameter is not null && (settings.NextPath is null || settings.PageParameter is not null))
        {
            return new(
                FaultCode.InvalidArgument,
                "'cursor_parameter' goes with 'next_path', and not with 'page_parameter'.",
                "settings.cursor_parameter");
        }

        using var request = new HttpRequestMessage();
        foreach (var (name, value) in settings.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) || value.Any(char.IsControl))
            {
                return new(
                    FaultCode.InvalidArgument, "'headers' has one that cannot be sent.", "settings.headers");
            }
        }

        var bad = secrets.FirstOrDefault(secret => secret.Value.Any(char.IsControl)).Key;
        return bad is null
            ? null
            : new(FaultCode.InvalidArgument, "It has characters that no header has.", $"secrets.{bad}");
    }

    protected override Task<IConnector> OpenAsync(
        HttpJsonSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        var headers = settings.Headers.ToDictionary();
        if (secrets.TryGetValue(Authorization, out var authorization))
        {
            headers["Authorization"] = authorization;
        }

        if (secrets.TryGetValue(ApiKey, out var key))
        {
            headers[settings.ApiKeyHeader] = key;
        }

        return Task.FromResult<IConnector>(new HttpJsonItems(new(http, time, headers, settings), settings));
    }
}
