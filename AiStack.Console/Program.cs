using AiStack.Console;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Console.Telemetry;
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
builder.AddTelemetryStores();
builder.AddOtlpReceivers();
builder.AddTelemetryExchange();
builder.AddPages();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseServiceDefaults();
app.UseFrame();

app.MapFrame();
app.MapSignIn();
app.MapTelemetryExchange();
app.MapPages();

await app.RunAsync();
