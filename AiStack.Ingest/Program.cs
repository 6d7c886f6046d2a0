using AiStack.Ingest;
using AiStack.Ingest.Files;
using AiStack.Ingest.Processing;
using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("ingest");
builder.AddBlobs();

builder.Services.AddSingleton<IngestTelemetry>();
builder.AddFiles();
builder.AddProcessing();

var app = builder.Build();

app.UseServiceDefaults();

app.MapFiles();

await app.RunServiceAsync(args);
