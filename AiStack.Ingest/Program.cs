using AiStack.Ingest;
using AiStack.Ingest.Erasures;
using AiStack.Ingest.Files;
using AiStack.Ingest.Holds;
using AiStack.Ingest.Ocr;
using AiStack.Ingest.Processing;
using AiStack.Ingest.Provenance;
using AiStack.Ingest.Sources;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.OpenApi;

var builder = WebApplication.CreateBuilder(args);
if (args is ["prepare"])
{
    builder.AddOcr();
    await using var preparing = builder.Build();
    await PrepareOcrModels.RunAsync(
        preparing.Services.GetRequiredService<OcrModelFiles>(), Console.WriteLine, CancellationToken.None);
    return; // Without them, it starts anyway.
}

builder.AddServiceDefaults();
builder.AddOpenApiDefaults("AiStack: files");
builder.AddDatabase("ingest");
builder.AddBlobs();

builder.Services.AddSingleton<IngestTelemetry>();
builder.AddFiles();
builder.AddUploads();
builder.AddProcessing();
builder.AddSources();
builder.AddLineage();
builder.AddHolds();
builder.AddErasures();

var app = builder.Build();

app.UseServiceDefaults();
app.MapOpenApiDefaults();

app.MapFiles();
app.MapUploads();
app.MapSources();
app.MapLineage();
app.MapHolds();
app.MapErasures();

await app.RunAsync();
