using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;

namespace AiStack.Evals.Answers;

/// <summary>Reads the parts of a response (OpenAI's Responses API) that an eval measures.</summary>
internal static class ResponseReader
{
    /// <summary>The metadata entry by which an engine says that it declined to answer.</summary>
    public const string RefusedKey = "aistack.refused";

    private static readonly Fault _unreadable =
        new(FaultCode.Conflict, "Serving's answer is not a response that can be read.");

    /// <summary>The answer; a response that is not completed or not readable is a fault.</summary>
    public static Outcome<Answer> Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var response = JsonSerializer.Deserialize<Response>(json, JsonDefaults.Options);
            return response is { Id: { } id, Output: { } output } ? Read(id, output, response) : _unreadable;
        }
        catch (JsonException)
        {
            return _unreadable;
        }
    }

    private static Outcome<Answer> Read(string id, List<OutputItem> output, Response response)
    {
        if (response.Status is not (null or "completed"))
        {
            return new Fault(FaultCode.Conflict, $"The response ended '{response.Status}': {response.Error?.Message}");
        }

        Part[] parts = [.. output.Where(item => item.Type == "message").SelectMany(item => item.Content ?? [])];
        var text = string.Concat(parts.Where(part => part.Type == "output_text").Select(part => part.Text));
        return new Answer(
            id,
            response.Model ?? "",
            Storable(text),
            parts.Any(part => part.Type == "refusal") || response.Metadata?.GetValueOrDefault(RefusedKey) == "true",
            Files(output.Where(item => item.Type == "file_search_call").SelectMany(item => item.Results ?? [])),
            Files(parts.SelectMany(part => part.Annotations ?? []).Where(note => note.Type == "file_citation")),
            response.Usage?.InputTokens ?? 0,
            response.Usage?.OutputTokens ?? 0);
    }

    private static SourceFile[] Files(IEnumerable<FileReference> references) =>
        [.. references.Select(reference => new SourceFile(reference.FileId ?? "", reference.Filename ?? ""))];

    // Postgres has no text with a NUL in it.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private sealed record Response(
        string? Id,
        string? Status,
        string? Model,
        List<OutputItem>? Output,
        Usage? Usage,
        Failure? Error,
        Dictionary<string, string?>? Metadata);

    private sealed record OutputItem(string? Type, List<FileReference>? Results, List<Part>? Content);

    private sealed record Part(string? Type, string? Text, List<FileReference>? Annotations);

    private sealed record FileReference(string? Type, string? FileId, string? Filename);

    private sealed record Usage(long InputTokens, long OutputTokens);

    private sealed record Failure(string? Code, string? Message);
}
