using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using OpenAI;
using OpenAI.Files;
using OpenAI.VectorStores;
using Xunit;

#pragma warning disable OPENAI001 // The SDK calls its clients of responses, stores and evals experimental.

namespace AiStack.Tests.EndToEnd;

/// <summary>OpenAI's client in a project of its own, and two documents to ask about.</summary>
internal sealed class OpenAiProject(OpenAIClient client, string key)
{
    public static readonly (string Name, string Text) Leave = (
        "leave.md",
        """
        # Leave

        Everybody in a full-time job has 27 days of paid holiday a year.
        Unused holiday can be carried over until the end of March.
        """);

    public static readonly (string Name, string Text) Expenses = (
        "expenses.md",
        """
        # Expenses

        Hand in your expense claims within 30 days of the purchase.
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public OpenAIClient Client => client;

    /// <summary>The project's own key, for calls that the SDK has no word for.</summary>
    public string Key => key;

    public static async Task<OpenAiProject> NewAsync(StackFixture fixture) =>
        await NewAsync(await fixture.StackAsync(Cancellation));

    public static async Task<OpenAiProject> NewAsync(RunningStack stack)
    {
        using var admin = stack.CreateClient();
        using var response = await admin.PostAsJsonAsync(
            "/api/projects", new { name = $"dotnet-{Guid.CreateVersion7():N}" }, Cancellation);
        response.EnsureSuccessStatusCode();
        var project = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var key = project.GetProperty("secret").GetString()!;
        var options = new OpenAIClientOptions { Endpoint = new Uri(stack.Api, "/v1") };
        return new(new OpenAIClient(new ApiKeyCredential(key), options), key);
    }

    public async Task<string> UploadAsync((string Name, string Text) document)
    {
        var content = BinaryData.FromString(document.Text);
        OpenAIFile file = await client.GetOpenAIFileClient()
            .UploadFileAsync(content, document.Name, FileUploadPurpose.Assistants);
        return file.Id;
    }

    /// <summary>A store in which the documents are ready to be searched.</summary>
    public async Task<string> StoreAsync(params (string Name, string Text)[] documents)
    {
        List<string> files = [];
        foreach (var document in documents)
        {
            files.Add(await UploadAsync(document));
        }

        return await StoreOfAsync(files);
    }

    /// <summary>A store in which the uploaded files are ready to be searched.</summary>
    public async Task<string> StoreOfAsync(IReadOnlyList<string> files)
    {
        var options = new VectorStoreCreationOptions();
        foreach (var file in files)
        {
            options.FileIds.Add(file);
        }

        VectorStore store = await client.GetVectorStoreClient().CreateVectorStoreAsync(options, Cancellation);
        var completed = await CompletedAsync(store.Id);
        Assert.Equal(files.Count, completed.FileCounts.Completed);
        await EmbeddedAsync(store.Id);
        return store.Id;
    }

    /// <summary>Waits for the vectors, which follow: then the same question has the same answer each time.</summary>
    public Task EmbeddedAsync(string store) => Eventually.ReadAsync(
        async () => Json(await client.GetVectorStoreClient().GetVectorStoreAsync(
            store, new RequestOptions { CancellationToken = Cancellation })),
        until: now => now.GetProperty("readings").GetProperty("words_only").GetInt32() == 0
            && now.GetProperty("readings").GetProperty("sentences_follow").GetInt32() == 0);

    public Task<VectorStore> CompletedAsync(string store) => Eventually.ReadAsync(
        async () => (await client.GetVectorStoreClient().GetVectorStoreAsync(store, Cancellation)).Value,
        until: now => now.Status == VectorStoreStatus.Completed);

    /// <summary>The body of a call that the SDK has no types for.</summary>
    public static BinaryContent Content(object value) => BinaryContent.Create(BinaryData.FromObjectAsJson(value));

    public static JsonElement Json(ClientResult result) =>
        JsonDocument.Parse(result.GetRawResponse().Content).RootElement;
}
