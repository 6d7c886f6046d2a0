using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("ingest");
builder.AddCache();
builder.AddBlobs();

var app = builder.Build();

app.UseServiceDefaults();

await app.RunServiceAsync(args);
