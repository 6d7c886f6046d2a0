using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.OpenApi;

namespace AiStack.Gateway.Docs;

/// <summary>The OpenAPI documents of the services behind the Gateway.</summary>
internal sealed class ServiceDocuments(HttpClient http)
{
    public static async Task<IResult> HandleAsync(
        string service, ServiceDocuments documents, CancellationToken cancellationToken) =>
        DocsExtensions.IsPart(service)
            ? TypedResults.Text(await documents.ReadAsync(service, cancellationToken), "application/json")
            : new Fault(FaultCode.NotFound, $"There is no service '{service}'.", "service").ToResult();

    private Task<string> ReadAsync(string service, CancellationToken cancellationToken) =>
        http.GetStringAsync(new Uri($"https+http://{service}{OpenApiDefaults.Path}"), cancellationToken);
}
