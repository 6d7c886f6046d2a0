using System.Runtime.CompilerServices;
using System.Text;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Guards;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.FileSearch;

/// <summary>
/// Puts the text of the files that a conversation has in the places where it has them: every model reads text, and few
/// servers read files.
/// </summary>
internal sealed class AttachedFilesStage(IChatClient inner, InnerReads reads) : StreamingStage(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> said = [];
        var hasFiles = false;
        foreach (var message in messages)
        {
            var isWithFile = message.Contents.Any(IsFile);
            hasFiles |= isWithFile;
            said.Add(isWithFile
                ? new(message.Role, await WithTextsAsync(message, options, cancellationToken))
                : message);
        }

        if (hasFiles && RequestGuards.In(options) is { } guards)
        {
            guards.PassSize(said.Sum(message => (long)message.AllText().Length) + (options?.Instructions?.Length ?? 0));
        }

        await foreach (var update in InnerClient.GetStreamingResponseAsync(said, options, cancellationToken))
        {
            yield return update;
        }
    }

    /// <summary>Whether it is a file, and no image.</summary>
    public static bool IsFile(AIContent content) =>
        content is HostedFileContent || (content is DataContent data && !data.HasTopLevelMediaType("image"));

    private async Task<IList<AIContent>> WithTextsAsync(
        ChatMessage message, ChatOptions? options, CancellationToken cancellationToken)
    {
        List<AIContent> read = [];
        foreach (var content in message.Contents)
        {
            TextContent? text = content switch
            {
                HostedFileContent stored => await ReadAsync(stored, options.Caller(), cancellationToken),
                DataContent data when IsFile(data) => Read(data),
                _ => null,
            };
            // What is said was looked at before; what a file says is known only here.
            read.Add(text is not null && RequestGuards.In(options) is { } guards
                ? new TextContent(guards.Pass(text.Text, GuardPlace.Input))
                : text ?? content);
        }

        return read;
    }

    private async Task<TextContent> ReadAsync(
        HostedFileContent stored, Caller caller, CancellationToken cancellationToken)
    {
        if (caller.FindLack(Scopes.FilesRead, "Reading a file") is { } lack)
        {
            throw new EngineFaultException(lack);
        }

        // An answer tells what it was made from, and is kept for those whom it was asked for: as in a search, nobody in
        // particular has what is for everybody.
        var reader = caller with { Principals = caller.Principals ?? Principals.None };
        var outcome = await reads.GetAsync<StoredText>(
            InnerReads.Ingest, $"/api/files/{Uri.EscapeDataString(stored.FileId)}/text", reader, cancellationToken);
        return outcome.TryGet(out var file, out var fault)
            ? Shown(file.Filename, file.Text)
            : throw new EngineFaultException(fault);
    }

    private static TextContent Read(DataContent data)
    {
        if (!IsText(data.MediaType))
        {
            throw new EngineFaultException(new(
                FaultCode.InvalidArgument,
                $"A file of the type '{data.MediaType}' is read when it is stored: upload it (POST /v1/files), put it "
                + "into a vector store, and name its 'file_id'."));
        }

        var text = Encoding.UTF8.GetString(data.Data.Span).Replace("\0", "", StringComparison.Ordinal);
        return Shown(data.Name ?? "file", text);
    }

    private static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || mediaType is "application/json" or "application/xml" or "application/yaml" or "application/x-yaml";

    private static TextContent Shown(string filename, string text)
    {
        var name = filename.ReplaceLineEndings(" ");
        return new($"File \"{name}\":\n\n{text}\n\n(End of \"{name}\".)");
    }

    private sealed record StoredText(string Filename, string Text);
}
