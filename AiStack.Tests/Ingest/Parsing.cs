using System.Text;
using AiStack.Contracts.Work;
using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>Parses bytes as Ingest's worker does.</summary>
internal static class Parsing
{
    public static Task<ParsedDocument> TextAsync(string content, string filename) =>
        DocumentAsync(Encoding.UTF8.GetBytes(content), filename);

    public static async Task<ParsedDocument> DocumentAsync(byte[] content, string filename)
    {
        var result = await ParseAsync(new MemoryStream(content), filename);
        Assert.True(result.Document is not null, $"{filename}: {result.Failure}");
        return result.Document;
    }

    public static async Task<FileFailure> FailureAsync(byte[] content, string filename, ParsingOptions? options = null)
    {
        var result = await ParseAsync(new MemoryStream(content), filename, options);
        Assert.True(result.Failure is not null, $"{filename} was parsed: {result.Document?.Text}");
        return result.Failure;
    }

    public static Task<ParseResult> ParseAsync(Stream content, string filename, ParsingOptions? options = null) =>
        new DocumentParser(Options.Create(options ?? new())).ParseAsync(
            content, filename, TestContext.Current.CancellationToken);

    /// <summary>The headings above the place where <paramref name="words"/> stand.</summary>
    public static string? HeadingOf(this ParsedDocument document, string words) => document.AnchorOf(words)?.Heading;

    public static int? PageOf(this ParsedDocument document, string words) => document.AnchorOf(words)?.Page;

    private static Anchor? AnchorOf(this ParsedDocument document, string words)
    {
        var at = document.Text.IndexOf(words, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{words}' is not in: {document.Text}");
        return document.Anchors.LastOrDefault(anchor => anchor.Start <= at);
    }
}
