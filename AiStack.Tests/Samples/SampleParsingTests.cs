using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Samples;

/// <summary>Ingest's parsers on the sample corpus: what they lose can never be retrieved.</summary>
public sealed class SampleParsingTests
{
    [Fact]
    public async Task Ingest_finds_every_answer_in_the_text_of_its_source()
    {
        List<SampleQuestion> lost = [];
        foreach (var question in SampleCorpus.Questions.Where(question => question.Answerable))
        {
            var document = await ParseAsync(question.Source!);
            if (!SampleText.Normalize(document.Text).Contains(
                SampleText.Normalize(question.Answer!), StringComparison.Ordinal))
            {
                lost.Add(question);
            }
        }

        Assert.Empty(lost);
    }

    [Fact]
    public async Task Ingest_finds_headings_in_formats_that_have_them_and_pages_in_pdfs()
    {
        foreach (var path in SampleCorpus.PathsOnDisk)
        {
            var document = await ParseAsync(path);
            switch (Path.GetExtension(path))
            {
                case ".md" or ".html" or ".docx":
                    Assert.True(document.Anchors.Count(anchor => anchor.Heading is not null) > 1, path);
                    break;
                case ".pdf":
                    Assert.Contains(document.Anchors, anchor => anchor.Page == 2);
                    break;
            }
        }
    }

    [Fact]
    public async Task Ingest_leaves_out_the_navigation_and_the_scripts_of_web_pages()
    {
        foreach (var path in SampleCorpus.PathsOnDisk.Where(path => Path.GetExtension(path) == ".html"))
        {
            var document = await ParseAsync(path);

            Assert.DoesNotContain("Canteen menu", document.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Basket (0)", document.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("querySelector", document.Text, StringComparison.Ordinal);
        }
    }

    private static async Task<ParsedDocument> ParseAsync(string path)
    {
        await using var content = File.OpenRead(Path.Combine(SampleCorpus.Folder, path));
        var parser = new DocumentParser(Options.Create(new ParsingOptions()));
        var result = await parser.ParseAsync(content, Path.GetFileName(path), TestContext.Current.CancellationToken);
        Assert.True(result.Document is not null, $"{path}: {result.Failure}");
        return result.Document;
    }
}
