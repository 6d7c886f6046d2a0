using AiStack.Ingest;
using AiStack.Ingest.Files;
using AiStack.Ingest.Processing;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("ingest");
builder.AddBlobs();

builder.Services.AddSingleton<IngestTelemetry>();
builder.AddFiles();
builder.AddUploads();
builder.AddProcessing();

var app = builder.Build();

app.UseServiceDefaults();

app.MapFiles();
app.MapUploads();

await app.RunAsync();
