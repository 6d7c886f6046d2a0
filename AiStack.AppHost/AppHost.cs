using Microsoft.Extensions.Configuration;

// The whole system, described once. The vocabulary is Aspire's; which host runs it is decided by the build
// (docs/host.md). Both hosts give the services the same settings under the same names.
var builder = DistributedApplication.CreateBuilder(args);

// Stores. The services ask for them by these names.
var database = builder.AddPostgres("postgres")
    .WithImage("pgvector/pgvector", "pg17")
    .WithDataVolume("aistack-postgres")
    .AddDatabase("aistack");
var cache = builder.AddRedis("cache");
var blobs = builder.AddAzureStorage("storage")
    .RunAsEmulator(azurite => azurite.WithDataVolume("aistack-blobs"))
    .AddBlobs("blobs");

// Secrets. What is persisted is made at the first start; the console's login token and the key of those who send it
// telemetry are new at every start.
var signingKey = builder.AddParameter("signing-key", LettersAndDigits(44), secret: true, persist: true);
var developmentKey = builder.AddParameter("development-key", LettersAndDigits(40), secret: true, persist: true);
var loginToken = builder.AddParameter("login-token", LettersAndDigits(32), secret: true);
var telemetryKey = builder.AddParameter("telemetry-key", LettersAndDigits(32), secret: true);

// Services. Each waits for its stores and its migrations, but only for the start of the services that it calls:
// those may be away at any time, and then the caller says so (503) and works again when they are back.
var ingest = AddService<Projects.AiStack_Ingest>("ingest")
    .WithReference(blobs).WaitFor(blobs);

// Once a machine, the built-in embedder's word vectors are fetched; without a network search works by words alone.
var wordVectors = builder.AddProject<Projects.AiStack_Retrieval>("retrieval-prepare").WithArgs("prepare");

var retrieval = AddService<Projects.AiStack_Retrieval>("retrieval")
    .WaitForCompletion(wordVectors);

var serving = AddService<Projects.AiStack_Serving>("serving")
    .WithReference(retrieval).WaitForStart(retrieval);

var evals = AddService<Projects.AiStack_Evals>("evals")
    .WithReference(blobs).WaitFor(blobs)
    .WithReference(serving).WaitForStart(serving);

// The two doors: the API at --port (5080), the console at the port after it. Everything else takes a free port.
var port = builder.Configuration.GetValue("port", 5080);

var gateway = AddService<Projects.AiStack_Gateway>("gateway", port)
    .WithReference(ingest).WaitForStart(ingest)
    .WithReference(retrieval).WaitForStart(retrieval)
    .WithReference(serving).WaitForStart(serving)
    .WithReference(evals).WaitForStart(evals)
    .WithEnvironment("Gateway__DevelopmentKey", $"sk-aistack-dev-{developmentKey}")
    .WithExternalHttpEndpoints();

// The console waits for nothing: it shows what is away, and takes the others' telemetry from their first second.
builder.AddProject<Projects.AiStack_Console>("console")
    .WithHttpEndpoint(port + 1)
    .WithHttpHealthCheck("/health")
    .WithReference(gateway)
    .WithEnvironment("Identity__SigningKey", signingKey)
    .WithEnvironment("Console__ApiKey", $"sk-aistack-dev-{developmentKey}")
    .WithEnvironment("Console__LoginToken", loginToken)
    .WithEnvironment("Console__Otlp__Key", telemetryKey)
    .WithExternalHttpEndpoints()
    // After the line above, which opens all endpoints before it: telemetry comes from inside.
    .WithHttpEndpoint(name: "otlp-grpc", env: "Console__Otlp__GrpcPort")
    .WithHttpEndpoint(name: "otlp-http", env: "Console__Otlp__HttpPort");

await builder.Build().RunAsync();

// A service and the run of its migrations that it waits for. Both are the same program with the same settings.
IResourceBuilder<ProjectResource> AddService<TProject>(string name, int? port = null)
    where TProject : IProjectMetadata, new()
{
    var migrate = AddProgram<TProject>($"{name}-migrate").WithArgs("migrate").WaitFor(database);

    return AddProgram<TProject>(name)
        .WithHttpEndpoint(port)
        .WithHttpHealthCheck("/health")
        .WaitForCompletion(migrate)
        .WaitFor(cache);
}

IResourceBuilder<ProjectResource> AddProgram<TProject>(string name)
    where TProject : IProjectMetadata, new() =>
    builder.AddProject<TProject>(name)
        .WithReference(database)
        .WithReference(cache)
        .WithEnvironment("Identity__SigningKey", signingKey);

static GenerateParameterDefault LettersAndDigits(int length) => new() { MinLength = length, Special = false };
