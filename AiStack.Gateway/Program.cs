using AiStack.Gateway;
using AiStack.Gateway.Docs;
using AiStack.Gateway.Erasures;
using AiStack.Gateway.Idempotency;
using AiStack.Gateway.Keys;
using AiStack.Gateway.Projects;
using AiStack.Gateway.Proxy;
using AiStack.Gateway.RateLimits;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("gateway");
builder.AddCache();

builder.Services.AddSingleton<GatewayTelemetry>();
builder.AddProjects();
builder.AddKeys();
builder.AddRateLimits();
builder.AddIdempotency();
builder.AddProxy();
builder.AddDocs();
builder.AddErasureTurn<EraseKeptRequests>();

var app = builder.Build();

app.UseRequestId();
app.UseProbeMark();
app.UseServiceDefaults();
app.UseRateLimits();
app.UseActingPrincipals();
app.UseIdempotency();

app.MapProjects();
app.MapKeys();
app.MapProxy();
app.MapDocs();

await app.RunAsync();
