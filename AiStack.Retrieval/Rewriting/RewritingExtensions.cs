using System.ClientModel;
using System.ClientModel.Primitives;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenAI;

namespace AiStack.Retrieval.Rewriting;

internal static class RewritingExtensions
{
    private const string HttpClientName = "rewriter";

    /// <summary>How long a connection is used before the server's name is looked up again.</summary>
    private static readonly TimeSpan _addressIsGoodFor = TimeSpan.FromMinutes(5);

    /// <summary>The rewriter of queries; it has a model where the settings name one.</summary>
    public static void AddRewriting(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<RewriterOptions>().Validate(
            options => options.Endpoint is { IsAbsoluteUri: true, Scheme: "http" or "https" },
            "Retrieval:Rewriter:Endpoint must be the address of a server, such as http://127.0.0.1:11434/v1.");

        // Its own time limit ends it.
        builder.Services.AddHttpClient(HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .WithoutResilience()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, PooledConnectionLifetime = _addressIsGoodFor,
            })
            .AddHttpMessageHandler(() => new ShortAnswers());
        builder.Services.AddSingleton(services => new QueryRewriter(
            Model(services),
            services.GetRequiredService<IOptions<RewriterOptions>>().Value.TimeLimit,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<RetrievalTelemetry>(),
            services.GetRequiredService<ILogger<QueryRewriter>>()));
    }

    /// <summary>The settings' model; null when they name none.</summary>
    private static IChatClient? Model(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<RewriterOptions>>().Value;
        if (string.IsNullOrEmpty(options.Model))
        {
            return null;
        }

        var http = services.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName);
        var client = new OpenAIClient(
            new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? "none" : options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = options.Endpoint,
                Transport = new HttpClientPipelineTransport(http),
                // A search does not wait for a second try.
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
            });
        return new ChatClientBuilder(client.GetChatClient(options.Model).AsIChatClient())
            // It logs exceptions whole; a server may repeat the query in its error.
            .UseOpenTelemetry(NullLoggerFactory.Instance)
            .Build(services);
    }
}

/// <summary>Reads a server's answer up to a limit: a server that never ends must not fill the memory.</summary>
internal sealed class ShortAnswers : DelegatingHandler
{
    /// <summary>A query is a line; the rest is what servers write around it, and what models think.</summary>
    private const int MaxAnswerBytes = 1 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
