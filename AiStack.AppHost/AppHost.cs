using AiStack.AppHost.Access;
using AiStack.AppHost.Commands;
using AiStack.AppHost.LanguageModels;
using AiStack.AppHost.ModelHub;
using AiStack.AppHost.Programs;
using AiStack.AppHost.Ready;
using AiStack.AppHost.Run;
using AiStack.AppHost.Samples;
using AiStack.AppHost.Stores;
using AiStack.AppHost.Supervision;

if (args is ["model", ..])
{
    return await ModelCommand.RunAsync(args[1..]);
}

// The whole system, described once.
using var run = LocalRun.Open(args);
if (run is null)
{
    return Environment.ExitCode;
}

var builder = DistributedApplication.CreateBuilder(run.ToOptions());
var isLocal = builder.ExecutionContext.IsRunMode;
OwnEnvironment.ForgetSettings();

// Stores. The services ask for them by these names.
var database = builder.AddSharedDatabase("postgres", "aistack", run);
var cache = builder.AddCache("cache", run);
var blobs = builder.AddBlobs("blobs", run);

// Secrets. What is kept is made at the first start; the Console's login token is new at every start.
var signingKey = builder.AddKeptSecret("signing-key", 44, run);
var developmentKey = builder.AddKeptSecret("development-key", 40, run);
var loginToken = builder.AddSecret("login-token", 32);

// The one program that knows the database's owner: it makes the services' schemas and roles.
var migrations = builder.AddProgram<Projects.AiStack_Migrations>("migrations");

// Who writes the answers: what the settings name, or a model server that runs on this machine.
await builder.AddLocalModelAsync(run);

// Services. Each waits for its stores and the migrations, but only for the start of the services that it calls: those
// may be away at any time, and then the caller says so (503) and works again when they are back.
var ingest = AddService<Projects.AiStack_Ingest>("ingest")
    .WithReference(blobs).WaitFor(blobs)
    .WithEnvironment("Ingest__Ocr__PrepareAtStart", isLocal ? "true" : "false")
    .WithSampleFolder()
    .WithEnvironment("ORT_DISABLE_TELEMETRY", "1"); // As below.

var retrieval = AddService<Projects.AiStack_Retrieval>("retrieval")
    .WithEnvironment("Retrieval__Embedder__PrepareAtStart", isLocal ? "true" : "false")
    .WithEnvironment("ORT_DISABLE_TELEMETRY", "1"); // As below.

var serving = AddService<Projects.AiStack_Serving>("serving")
    .WithReference(ingest).WaitForStart(ingest)
    .WithReference(retrieval).WaitForStart(retrieval)
    // ONNX Runtime GenAI reports its use to its makers unless its process is told not to, from outside.
    .WithEnvironment("ORT_DISABLE_TELEMETRY", "1");

var evals = AddService<Projects.AiStack_Evals>("evals")
    .WithReference(blobs).WaitFor(blobs)
    .WithReference(serving).WaitForStart(serving);

// The two doors: the API at --port (5080), the Console at the port after it.
var gateway = AddService<Projects.AiStack_Gateway>("gateway", isLocal ? run.Ports.Api : null)
    .WithReference(cache).WaitFor(cache)
    .WithReference(ingest).WaitForStart(ingest)
    .WithReference(retrieval).WaitForStart(retrieval)
    .WithReference(serving).WaitForStart(serving)
    .WithReference(evals).WaitForStart(evals)
    .WithEnvironment("Gateway__DevelopmentKey", $"{Doors.KeyPrefix}{developmentKey}")
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/v1/models", "API"));

// The Console waits for nothing: it shows what is down.
var console = builder.AddProgram<Projects.AiStack_Console>("console")
    .WithLocalHttpEndpoint(isLocal ? run.Ports.Console : null)
    .WithHttpHealth("/health")
    .WithReference(gateway)
    .WithEnvironment("Console__ApiKey", $"{Doors.KeyPrefix}{developmentKey}")
    .WithEnvironment("Console__LoginToken", loginToken)
    .WithDashboardLinks()
    .WithKeysFound()
    .WithKeysFolder(run)
    .WithExternalHttpEndpoints()
    .WithUrl($"/login?t={loginToken}", "Console");

database.GrantOwnershipTo(migrations);

var doors = new Doors(builder.Configuration)
{
    Gateway = gateway, Console = console, DevelopmentKey = developmentKey, LoginToken = loginToken,
};
gateway.WithSampleCommand(doors).WithKeyCommand(doors);
builder.AddRestarts();
builder.AddReadyNotice(doors, run);

return await builder.Build().RunToExitCodeAsync();

IResourceBuilder<DotnetProgramResource> AddService<TProject>(string name, int? port = null)
    where TProject : IProjectMetadata, new()
{
    var service = builder.AddProgram<TProject>(name)
        .WithLocalHttpEndpoint(port)
        .WithHttpHealth("/health")
        .WithEnvironment("Identity__SigningKey", signingKey)
        .WaitForCompletion(migrations);
    database.GrantTo(service);
    return service;
}
