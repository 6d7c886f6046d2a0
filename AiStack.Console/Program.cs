using AiStack.Console;
using AiStack.Console.Dashboard;
using AiStack.Console.Layout;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Options;

var builder = WebApplication.CreateBuilder(args);

builder.AddProgramDefaults();
builder.AddValidatedOptions<ConsoleOptions>();

builder.AddSignIn();
builder.AddGateway();
builder.AddLayout();
builder.AddDashboard();
builder.AddPages();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseSameOrigin();
app.UseServiceDefaults();
app.UseLayout();

app.MapLayout();
app.MapSignIn();
app.MapPages();

await app.RunAsync();
