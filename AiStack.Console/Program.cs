using AiStack.Console;
using AiStack.Console.Ask;
using AiStack.Console.ConsoleLogs;
using AiStack.Console.Files;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.Keys;
using AiStack.Console.Models;
using AiStack.Console.Resources;
using AiStack.Console.SignIn;
using AiStack.Console.Start;
using AiStack.Console.Stores;
using AiStack.Console.Telemetry;
using AiStack.Console.Usage;
using AiStack.Console.Telemetry.Exchange;
using AiStack.Console.Telemetry.Otlp;
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
builder.AddStores();
builder.AddAsk();
builder.AddResources();
builder.AddConsoleLogs();
builder.AddTelemetryStores();
builder.AddModels();
builder.AddUsage();
builder.AddKeys();
builder.AddOtlpReceivers();
builder.AddTelemetryExchange();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseServiceDefaults();
app.UseFrame();

app.MapFrame();
app.MapSignIn();
app.MapFiles();
app.MapTelemetryExchange();
app.MapConsoleLogs();

await app.RunServiceAsync(args);
