using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AiStack.Contracts;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Resources;

/// <summary>Speaks with the host that runs the stack, where that is the built-in one.</summary>
internal sealed class HostClient(IHttpClientFactory clients, IOptions<HostOptions> options)
{
    public const string ClientName = "host";

    /// <summary>How long a start may take until the page stops waiting; the host goes on with it.</summary>
    private static readonly TimeSpan _commandLimit = TimeSpan.FromMinutes(2);

    /// <summary>False with a host that tells nothing: Aspire has its own dashboard, a cloud has its portal.</summary>
    public bool IsKnown => options.Value.Url is not null;

    public static void Configure(HttpClient http, HostOptions host)
    {
        if (host.Url is { } url)
        {
            http.BaseAddress = new Uri(url);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        }

        http.Timeout = Timeout.InfiniteTimeSpan; // A stream has no end; commands have their own limit.
    }

    /// <summary>The events of one of the host's streams, until it ends or the connection does.</summary>
    public async IAsyncEnumerable<HostEvent<T>> FollowAsync<T>(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(ClientName);
        using var response = await http.GetAsync(
            new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(
            stream, (_, data) => JsonSerializer.Deserialize<IReadOnlyList<T>>(data, JsonSerializerOptions.Web)!);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            yield return new HostEvent<T>(item.EventType, item.Data);
        }
    }

    /// <summary>Tells the host to start, stop or restart a part, and waits until it has.</summary>
    public async Task<Fault?> TellAsync(string resource, string command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_commandLimit);
        using var http = clients.CreateClient(ClientName);
        try
        {
            using var response = await http.PostAsync(
                new Uri($"/resources/{Uri.EscapeDataString(resource)}/{command}", UriKind.Relative), null, limit.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? null
                : Refused($"The host refused to {command} {resource} ({(int)response.StatusCode}).");
        }
        catch (HttpRequestException)
        {
            return Refused($"The host does not answer, so {resource} was left as it is.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refused(
                $"After {_commandLimit.TotalMinutes} minutes the host is still about to {command} {resource}. "
                + "Its lines in the console logs say why.");
        }
    }

    private static Fault Refused(string message) => new(FaultCode.DependencyUnavailable, message);
}

/// <summary>Something that the host has said, in one of its streams.</summary>
internal sealed record HostEvent<T>(string Name, IReadOnlyList<T> Items);
