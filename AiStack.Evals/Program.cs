using AiStack.Evals;
using AiStack.Evals.Comparison;
using AiStack.Evals.Definitions;
using AiStack.Evals.Feedback;
using AiStack.Evals.OutputItems;
using AiStack.Evals.Runs;
using AiStack.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("evals");
builder.AddBlobs();
builder.Services.AddSingleton<EvalsTelemetry>();

builder.AddEvals();
builder.AddRuns();
builder.AddComparison();
builder.AddFeedback();

var app = builder.Build();

app.UseServiceDefaults();
app.MapEvals();
app.MapRuns();
app.MapOutputItems();
app.MapComparison();
app.MapFeedback();

await app.RunAsync();
