using AiStack.Serving;
using AiStack.Serving.Answers;
using AiStack.Serving.Batches;
using AiStack.Serving.Budgets;
using AiStack.Serving.Caches;
using AiStack.Serving.ChatCompletions;
using AiStack.Serving.Completions;
using AiStack.Serving.Conversations;
using AiStack.Serving.Embeddings;
using AiStack.Serving.Engines;
using AiStack.Serving.Engines.Extractive;
using AiStack.Serving.Engines.GenAi;
using AiStack.Serving.Engines.OpenAi;
using AiStack.Serving.Erasures;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Guards;
using AiStack.Serving.Ledger;
using AiStack.Serving.Messages;
using AiStack.Serving.Mcp;
using AiStack.Serving.McpServers;
using AiStack.Serving.Models;
using AiStack.Serving.Moderations;
using AiStack.Serving.Registry;
using AiStack.Serving.RemoteTools;
using AiStack.Serving.Requests;
using AiStack.Serving.Responses;
using AiStack.Serving.Routing;
using AiStack.Serving.StoredPrompts;
using AiStack.Serving.TextCompletions;
using AiStack.Serving.Transcripts;
using AiStack.Serving.Usage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.OpenApi;

if (args is [TryModel.Verb, var folder])
{
    return TryModel.Run(folder);
}

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddOpenApiDefaults("AiStack: answers and models");
builder.AddDatabase("serving");

builder.Services.AddSingleton<ServingTelemetry>();
builder.AddGuards();
builder.AddFileSearch();
builder.AddLedger();
builder.AddEngines();
builder.AddExtractiveEngine();
builder.AddOpenAiEngine();
builder.AddGenAiEngine();
builder.AddRouting();
builder.AddPrompts();
builder.AddRegistry();
builder.AddCaches();
builder.AddRemoteTools();
builder.AddAnswers();
builder.AddCompletions();
builder.AddBudgets();
builder.AddRequests();
builder.AddMcpServers();
builder.AddConversations();
builder.AddResponses();
builder.AddChatCompletions();
builder.AddTextCompletions();
builder.AddMessages();
builder.AddEmbeddings();
builder.AddBatches();
builder.AddMcpTools();
builder.AddModerations();
builder.AddErasureTurn<EraseAnswers>();

var app = builder.Build();

app.UseServiceDefaults();
app.UseWebSockets();
app.MapOpenApiDefaults();

app.MapModels();
app.MapRegistry();
app.MapPrompts();
app.MapResponses();
app.MapConversations();
app.MapTranscripts();
app.MapChatCompletions();
app.MapTextCompletions();
app.MapMessages();
app.MapEmbeddings();
app.MapBatches();
app.MapUsage();
app.MapBudgets();
app.MapCaches();
app.MapGuards();
app.MapMcpTools();
app.MapMcpServers();
app.MapModerations();

await app.RunAsync();
return 0;
