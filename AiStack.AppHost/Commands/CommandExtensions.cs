using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.AppHost.Access;
using AiStack.AppHost.Programs;
using AiStack.AppHost.Samples;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AiStack.AppHost.Commands;

/// <summary>Commands for people on the dashboard, and for scripts by <c>aspire resource</c>.</summary>
internal static class CommandExtensions
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>The scopes that a client needs: none for keys, projects or the answers of others.</summary>
    private static readonly string[] _clientScopes =
    [
        "files.read", "files.write", "vector_stores.read", "vector_stores.write", "embeddings.write", "chat.write",
        "models.read",
    ];

    /// <summary>"Load samples": puts the sample documents in a store, unless they are there.</summary>
    public static IResourceBuilder<DotnetProgramResource> WithSampleCommand(
        this IResourceBuilder<DotnetProgramResource> gateway, Doors doors) =>
        gateway.WithCommand(
            "load-samples",
            "Load samples",
            context => RunAsync(
                () => SampleDocuments.LoadAsync(doors, context.CancellationToken),
                result => CommandResults.Success($"Samples: {result}")),
            new CommandOptions
            {
                Description = "Loads the sample documents through the API, unless they are there.",
                IconName = "DocumentAdd",
                IsHighlighted = true,
                UpdateState = OnlyWhenHealthy,
            });

    /// <summary>"Make a key": an API key for a client, shown once.</summary>
    public static IResourceBuilder<DotnetProgramResource> WithKeyCommand(
        this IResourceBuilder<DotnetProgramResource> gateway, Doors doors) =>
        gateway.WithCommand(
            "make-key",
            "Make a key",
            context => RunAsync(
                () => MakeKeyAsync(doors, context.CancellationToken),
                key => CommandResults.Success(
                    "The key is made.", key, CommandResultFormat.Text, displayImmediately: true)),
            new CommandOptions
            {
                Description = "Makes an API key that may ask, search and upload in the default project.",
                IconName = "Key",
                UpdateState = OnlyWhenHealthy,
            });

    private static async Task<string> MakeKeyAsync(Doors doors, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(doors.Api), Timeout = _limit };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await doors.KeyAsync(cancellationToken));
        using var response = await client.PostAsJsonAsync(
            "/api/keys", new { name = "made on the dashboard", scopes = _clientScopes }, cancellationToken);
        response.EnsureSuccessStatusCode();
        var made = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return made.GetProperty("secret").GetString()!;
    }

    private static async Task<ExecuteCommandResult> RunAsync(
        Func<Task<string>> command, Func<string, ExecuteCommandResult> success)
    {
        try
        {
            return success(await command());
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or JsonException or TaskCanceledException
                or KeyNotFoundException or InvalidOperationException)
        {
            return CommandResults.Failure(exception.Message);
        }
    }

    private static ResourceCommandState OnlyWhenHealthy(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;
}
