using System.ClientModel;
using System.Security.Cryptography;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using OpenAI.Files;
using OpenAI.VectorStores;
using Xunit;
using static AiStack.Tests.EndToEnd.OpenAiProject;

#pragma warning disable OPENAI001 // The SDK calls its clients of responses, stores and evals experimental.

namespace AiStack.Tests.EndToEnd;

/// <summary>OpenAI's .NET SDK, unmodified, against the whole stack: files and vector stores.</summary>
public sealed class OpenAiDotNetStoreTests(StackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_uploaded_listed_downloaded_and_deleted()
    {
        var files = (await OpenAiProject.NewAsync(fixture)).Client.GetOpenAIFileClient();
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        using var stream = new MemoryStream(bytes);

        OpenAIFile file =
            await files.UploadFileAsync(stream, "recording.bin", FileUploadPurpose.UserData, Cancellation);
        OpenAIFileCollection listed = await files.GetFilesAsync(Cancellation);
        BinaryData content = await files.DownloadFileAsync(file.Id, Cancellation);
        FileDeletionResult deleted = await files.DeleteFileAsync(file.Id, Cancellation);

        Assert.Equal((bytes.LongLength, "recording.bin"), (file.SizeInBytesLong, file.Filename));
        Assert.Equal(file.Id, Assert.Single(listed).Id);
        Assert.True(content.ToMemory().Span.SequenceEqual(bytes));
        Assert.True(deleted.Deleted);
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => files.GetFileAsync(file.Id, Cancellation));
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task A_store_made_with_files_completes_and_is_changed_listed_and_deleted()
    {
        var project = await OpenAiProject.NewAsync(fixture);
        var stores = project.Client.GetVectorStoreClient();
        var file = await project.UploadAsync(Leave);

        VectorStore made = await stores.CreateVectorStoreAsync(
            new VectorStoreCreationOptions
            {
                Name = "handbook",
                FileIds = { file },
                ChunkingStrategy = FileChunkingStrategy.CreateStaticStrategy(200, 20),
                Metadata = { ["team"] = "people" },
                ExpirationPolicy = new(VectorStoreExpirationAnchor.LastActiveAt, days: 7),
            },
            Cancellation);
        var store = await project.CompletedAsync(made.Id);
        VectorStore renamed = await stores.ModifyVectorStoreAsync(
            made.Id, new VectorStoreModificationOptions { Name = "new handbook" }, Cancellation);
        var listed = await stores.GetVectorStoresAsync(cancellationToken: Cancellation).ToListAsync(Cancellation);
        VectorStoreDeletionResult deleted = await stores.DeleteVectorStoreAsync(made.Id, Cancellation);

        Assert.Equal((1, 1), (store.FileCounts.Completed, store.FileCounts.Total));
        Assert.Equal("people", store.Metadata["team"]);
        Assert.Equal(store.LastActiveAt!.Value.AddDays(7), store.ExpiresAt);
        Assert.Equal("new handbook", renamed.Name);
        Assert.Equal(made.Id, Assert.Single(listed).Id);
        Assert.True(deleted.Deleted);
    }

    [Fact]
    public async Task Files_are_attached_given_attributes_searched_and_detached()
    {
        var project = await OpenAiProject.NewAsync(fixture);
        var stores = project.Client.GetVectorStoreClient();
        var store = await project.StoreAsync(Leave, Expenses);
        var attached = await stores.GetVectorStoreFilesAsync(store, cancellationToken: Cancellation)
            .ToListAsync(Cancellation);

        VectorStoreFile marked = await stores.UpdateVectorStoreFileAttributesAsync(
            store,
            attached[0].FileId,
            new Dictionary<string, BinaryData> { ["year"] = BinaryData.FromObjectAsJson(2026) },
            Cancellation);
        var found = await SearchAsync(stores, store, new
        {
            query = "days", filters = new { type = "eq", key = "year", value = 2026 },
        });
        FileFromStoreRemovalResult removed =
            await stores.RemoveFileFromVectorStoreAsync(store, marked.FileId, Cancellation);

        Assert.Equal(2, attached.Count);
        Assert.Equal(VectorStoreFileStatus.Completed, marked.Status);
        Assert.Equal("2026", marked.Attributes["year"].ToString());
        Assert.All(found.EnumerateArray(), one => Assert.Equal(marked.FileId, one.GetProperty("file_id").GetString()));
        Assert.NotEqual(0, found.GetArrayLength());
        Assert.True(removed.Removed);
        VectorStore left = await stores.GetVectorStoreAsync(store, Cancellation);
        Assert.Equal(1, left.FileCounts.Total);
    }

    [Fact]
    public async Task A_batch_ends_with_its_counts_and_names_what_failed()
    {
        var project = await OpenAiProject.NewAsync(fixture);
        var stores = project.Client.GetVectorStoreClient();
        VectorStore store = await stores.CreateVectorStoreAsync(cancellationToken: Cancellation);
        string[] files = [await project.UploadAsync(Leave), await project.UploadAsync(("lie.pdf", "no PDF"))];

        VectorStoreFileBatch begun = await stores.AddFileBatchToVectorStoreAsync(store.Id, files, Cancellation);
        var batch = await Eventually.ReadAsync(
            async () => (await stores.GetVectorStoreFileBatchAsync(store.Id, begun.BatchId, Cancellation)).Value,
            until: now => now.Status == VectorStoreFileBatchStatus.Completed);
        VectorStoreFile failed = await stores.GetVectorStoreFileAsync(store.Id, files[1], Cancellation);

        Assert.Equal((1, 1, 2), (batch.FileCounts.Completed, batch.FileCounts.Failed, batch.FileCounts.Total));
        Assert.Equal(VectorStoreFileStatus.Failed, failed.Status);
        Assert.Equal(VectorStoreFileErrorCode.InvalidFile, failed.LastError.Code);
        Assert.NotEmpty(failed.LastError.Message);
    }

    private static async Task<JsonElement> SearchAsync(VectorStoreClient stores, string store, object query) =>
        Json(await stores.SearchVectorStoreAsync(store, Content(query))).GetProperty("data");
}
