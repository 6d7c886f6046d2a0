using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("gateway");
builder.AddCache();

var app = builder.Build();

app.UseServiceDefaults();

await app.RunServiceAsync(args);
