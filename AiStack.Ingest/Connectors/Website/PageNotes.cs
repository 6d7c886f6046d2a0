using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>What is kept of a page, so that it costs one short answer while it does not change.</summary>
/// <param name="Hash">Of its bytes; null for what is no page.</param>
/// <param name="Links">Where it leads: a path where that is of its own site.</param>
internal sealed record PageNotes(
    [property: JsonPropertyName("e")] string? ETag,
    [property: JsonPropertyName("m")] DateTimeOffset? LastModified,
    [property: JsonPropertyName("t")] string? MediaType,
    [property: JsonPropertyName("h")] string? Hash,
    [property: JsonPropertyName("l")] IReadOnlyList<string> Links)
{
    private const int MaxBytes = 60 << 10;

    public static PageNotes Of(HttpResponseMessage response, string? hash, Uri page, IEnumerable<Uri> links) => new(
        response.Headers.ETag?.ToString(),
        response.Content.Headers.LastModified,
        response.Content.Headers.ContentType?.ToString(),
        hash,
        [.. links.Select(link => IsBeside(page, link) ? link.PathAndQuery : link.AbsoluteUri)]);

    /// <summary>Null when it is too much to keep: the page is then read whole in each run.</summary>
    public string? Write() =>
        JsonSerializer.Serialize(this) is var written && Encoding.UTF8.GetByteCount(written) <= MaxBytes
            ? written
            : null;

    public static PageNotes? Read(string? notes)
    {
        try
        {
            return notes is null ? null : JsonSerializer.Deserialize<PageNotes>(notes);
        }
        catch (JsonException)
        {
            return null; // An older version's: the page is read again.
        }
    }

    public IEnumerable<Uri> Follow(Uri page) => Links.Select(link => WebAddress.Of(page, link)).OfType<Uri>();

    /// <summary>A path that begins with two slashes would lead to another host.</summary>
    private static bool IsBeside(Uri page, Uri link) => page.Scheme == link.Scheme && page.Authority == link.Authority
        && !link.PathAndQuery.StartsWith("//", StringComparison.Ordinal);
}
