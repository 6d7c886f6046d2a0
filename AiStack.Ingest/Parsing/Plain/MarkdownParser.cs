using System.Buffers;
using AiStack.Ingest.Parsing.Encodings;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace AiStack.Ingest.Parsing.Plain;

/// <summary>Markdown, by Markdig: what a reader of the rendered page would see.</summary>
internal sealed class MarkdownParser(ParsingOptions limits, string? charset = null) : IDocumentParser
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseYamlFrontMatter().UseFootnotes().UseDefinitionLists().UseTaskLists()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    private static readonly SearchValues<char> _markCharacters = SearchValues.Create("\n|*_[`<>#&!\\");

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "markdown 2");
        Write(TextDecoder.DecodeMarkup(content, limits, collector.Report, charset), collector, cancellationToken);
        return collector.ToDocument();
    }

    public void Write(string markdown, TextCollector collector, CancellationToken cancellationToken)
    {
        var document = Read(markdown);
        if (document.OfType<YamlFrontMatterBlock>().FirstOrDefault() is { } matter)
        {
            FrontMatter.Read(matter.Lines.ToString(), collector.Report);
            var hasTitle = document.OfType<HeadingBlock>().Any(heading => heading.Level == 1);
            if (!hasTitle && collector.Report.AttributeOf("title") is { } title)
            {
                collector.Heading(1, title);
            }
        }

        var writer = new MarkdownText(collector, limits, cancellationToken);
        foreach (var block in document)
        {
            writer.Add(block);
        }
    }

    private MarkdownDocument Read(string text)
    {
        // Every mark may become an object of some hundred bytes: a table of 16 million cells is 16 MB of text.
        if (Marks(text) > 2 * limits.MaxElements)
        {
            throw ParsingLimit.TooManyElements("Markdown", limits);
        }

        try
        {
            return Markdown.Parse(text, _pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig has a limit of its own, which cannot be set, and says so with this exception.
            throw ParsingLimit.Invalid("The Markdown is nested too deep: lists, quotes or brackets in one another.");
        }
    }

    private static int Marks(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (int at; (at = text.IndexOfAny(_markCharacters)) >= 0; count++)
        {
            text = text[(at + 1)..];
        }

        return count;
    }
}
