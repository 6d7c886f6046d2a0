using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("evals");
builder.AddCache();
builder.AddBlobs();

var app = builder.Build();

app.UseServiceDefaults();

await app.RunServiceAsync(args);
