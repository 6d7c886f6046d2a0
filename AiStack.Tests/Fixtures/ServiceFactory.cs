using System.Net.Http.Headers;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AiStack.Tests.Fixtures;

/// <summary>One service, whole, on a real database. <typeparamref name="TMarker"/> is any type of it.</summary>
internal sealed class ServiceFactory<TMarker>(PostgresFixture postgres, params (string Key, string Value)[] settings)
    : WebApplicationFactory<TMarker>
    where TMarker : class
{
    private readonly DirectoryInfo _blobs = Directory.CreateTempSubdirectory("aistack-blobs-");

    /// <summary>What the test adds to the service's own parts.</summary>
    public Action<IServiceCollection>? Added { get; init; }

    /// <summary>Where the service keeps its blobs.</summary>
    public string BlobFolder => _blobs.FullName;

    /// <summary>A client of <paramref name="project"/> with the scopes given, or all of them.</summary>
    public HttpClient CreateClient(Id<Project> project, params string[] scopes)
    {
        var granted = scopes.Length == 0 ? [Scopes.Admin] : scopes;
        return CreateClient(new Caller(Id<Organisation>.New(), project, Id<ApiKey>.New(), granted.ToHashSet()));
    }

    /// <summary>A client of <paramref name="caller"/>, whose key is good.</summary>
    public HttpClient CreateClient(Caller caller)
    {
        var tokens = Services.GetRequiredService<CallerTokens>();
        postgres.AddKey(caller); // Work that goes on after a request asks whether its key is still good.
        // A client that follows redirects would keep each request's body in memory, to send it again.
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Mint(caller));
        return client;
    }

    /// <summary>Starts it on a free port, for clients that are programs of their own; gives its address.</summary>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        return ClientOptions.BaseAddress;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // As it is deployed: the framework is milder, and says more, in development.
        builder.UseEnvironment("Production");
        // Requests share one connection: code that asks for a second while it holds one fails.
        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionStringOf(typeof(TMarker).Assembly))
        {
            MaxPoolSize = 1,
        };
        builder.UseSetting("ConnectionStrings:aistack", database.ConnectionString);
        builder.UseSetting("ConnectionStrings:blobs", new Uri(_blobs.FullName).AbsoluteUri);
        builder.UseSetting("ConnectionStrings:cache", "127.0.0.1:1");
        builder.UseSetting("Drain:For", "00:00:00"); // Nobody else takes its requests.
        builder.UseSetting("Identity:SigningKey", Convert.ToBase64String(new byte[32]));
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureServices(services => Added?.Invoke(services));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (_blobs.Exists)
        {
            _blobs.Delete(recursive: true);
            _blobs.Refresh();
        }
    }
}
