using AiStack.Ingest;
using AiStack.Ingest.Files;
using AiStack.Ingest.Processing;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.OpenApi;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddOpenApiDefaults("AiStack: files");
builder.AddDatabase("ingest");
builder.AddBlobs();

builder.Services.AddSingleton<IngestTelemetry>();
builder.AddFiles();
builder.AddUploads();
builder.AddProcessing();

var app = builder.Build();

app.UseServiceDefaults();
app.MapOpenApiDefaults();

app.MapFiles();
app.MapUploads();

await app.RunAsync();
