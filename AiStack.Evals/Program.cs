using AiStack.Evals;
using AiStack.Evals.Alerts;
using AiStack.Evals.Comparison;
using AiStack.Evals.Definitions;
using AiStack.Evals.Erasures;
using AiStack.Evals.Feedback;
using AiStack.Evals.OutputItems;
using AiStack.Evals.Runs;
using AiStack.Evals.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.OpenApi;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddOpenApiDefaults("AiStack: evals, feedback and alerts");
builder.AddDatabase("evals");
builder.AddBlobs();
builder.Services.AddSingleton<EvalsTelemetry>();

builder.AddEvals();
builder.AddRuns();
builder.AddComparison();
builder.AddFeedback();
builder.AddAlerts();
builder.AddErasureTurn<EraseJudgements>();

var app = builder.Build();

app.UseServiceDefaults();
app.MapOpenApiDefaults();
app.MapEvals();
app.MapRuns();
app.MapOutputItems();
app.MapComparison();
app.MapFeedback();
app.MapAlerts();
app.MapWork();

await app.RunAsync();
