using AiStack.Retrieval;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Erasures;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Quality;
using AiStack.Retrieval.Reranking;
using AiStack.Retrieval.Rewriting;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Synonyms;
using AiStack.Retrieval.VectorStores;
using AiStack.Retrieval.Versions;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.OpenApi;

if (args is [SqlWorker.Argument])
{
    return SqlWorker.Run();
}

var builder = WebApplication.CreateBuilder(args);
if (args is ["prepare"])
{
    builder.AddEmbedding();
    await using var preparing = builder.Build();
    return await PrepareWordVectors.RunAsync(
        preparing.Services.GetRequiredService<WordVectorsFile>(), CancellationToken.None);
}

builder.AddServiceDefaults();
builder.AddOpenApiDefaults("AiStack: vector stores and search");
builder.AddDatabase("retrieval");

builder.Services.AddSingleton<RetrievalTelemetry>();
builder.AddEmbedding();
builder.AddPrivacy();
builder.AddQuality();
builder.AddIndexing();
builder.AddReranking();
builder.AddRewriting();
builder.AddSynonyms();
builder.AddSearch();
builder.AddVectorStores();
builder.AddVersions();
builder.AddErasureTurn<EraseEntries>();

var app = builder.Build();

app.UseServiceDefaults();
app.MapOpenApiDefaults();

app.MapVectorStores();
app.MapPrivacy();
app.MapQuality();
app.MapSynonyms();
app.MapVersions();
app.MapSearch();
app.MapEmbeddings();

await app.PrepareWordVectorsAsync();
await app.RunAsync();
return 0;
