using AiStack.Console;
using AiStack.Console.Dashboard;
using AiStack.Console.Frame;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Options;

var builder = WebApplication.CreateBuilder(args);

builder.AddProgramDefaults();
builder.AddValidatedOptions<ConsoleOptions>();

builder.AddSignIn();
builder.AddGateway();
builder.AddFrame();
builder.AddDashboard();
builder.AddPages();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseSameOrigin();
app.UseServiceDefaults();
app.UseFrame();

app.MapFrame();
app.MapSignIn();
app.MapPages();

await app.RunAsync();
