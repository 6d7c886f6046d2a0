using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.AppHost.Supervision;

/// <summary>Health checks of resources, as <see cref="PatientHealthCheck"/>.</summary>
internal static class HealthExtensions
{
    private static readonly HttpClient _client = new();

    /// <summary>Healthy when <paramref name="findFailure"/> finds none; it names what it finds.</summary>
    public static IResourceBuilder<T> WithPatientHealthCheck<T>(
        this IResourceBuilder<T> resource, Func<CancellationToken, Task<string?>> findFailure)
        where T : IResource
    {
        var key = $"{resource.Resource.Name}_check";
        var check = new PatientHealthCheck(findFailure);
        resource.ApplicationBuilder.Services.AddHealthChecks().Add(
            new HealthCheckRegistration(key, check, HealthStatus.Unhealthy, []));
        return resource.WithHealthCheck(key);
    }

    /// <summary>Healthy when the resource's http endpoint answers with success at <paramref name="path"/>.</summary>
    public static IResourceBuilder<T> WithHttpHealth<T>(this IResourceBuilder<T> resource, string path)
        where T : IResourceWithEndpoints =>
        resource.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? resource.WithHttpHealthCheck(path)
            : resource.WithPatientHealthCheck(async cancellationToken =>
            {
                var address = new Uri(new Uri(resource.GetEndpoint("http").Url), path);
                using var response = await _client.GetAsync(address, cancellationToken);
                return response.IsSuccessStatusCode
                    ? null
                    : await response.Content.ReadAsStringAsync(cancellationToken);
            });
}
