using AiStack.Console;
using AiStack.Console.Alerts;
using AiStack.Console.Ask;
using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.Overview;
using AiStack.Console.SignIn;
using AiStack.Console.Start;
using AiStack.Console.Telemetry;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Options;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddValidatedOptions<ConsoleOptions>();

builder.AddSignIn();
builder.AddGateway();
builder.AddFrame();
builder.AddStart();
builder.AddFiles();
builder.AddAsk();
builder.AddTelemetryStores();
builder.AddOverview();
builder.AddAlerts();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseServiceDefaults();
app.UseFrame();

app.MapFrame();
app.MapSignIn();
app.MapFiles();

await app.RunServiceAsync(args);
