using Xunit;

namespace AiStack.Tests.Samples;

public sealed class SampleCorpusTests
{
    private const int QuestionCount = 60;
    private const int UnanswerableCount = 10;
    private const int MinimumDocuments = 34;
    private const int MinimumWords = 300;
    private const long MaximumBytes = 3 << 20;

    private static readonly Dictionary<string, string> _mediaTypes = new()
    {
        [".md"] = "text/markdown",
        [".html"] = "text/html",
        [".txt"] = "text/plain",
        [".csv"] = "text/csv",
        [".json"] = "application/json",
        [".jsonl"] = "application/jsonl",
        [".pdf"] = "application/pdf",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    };

    [Fact]
    public void The_manifest_names_every_document_once_and_nothing_else() =>
        Assert.Equal(
            SampleCorpus.PathsOnDisk.Order(StringComparer.Ordinal),
            SampleCorpus.Documents.Select(document => document.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void There_are_documents_of_every_format_that_ingest_reads()
    {
        Assert.True(SampleCorpus.Documents.Count >= MinimumDocuments);
        Assert.Equal(
            _mediaTypes.Values.Order(StringComparer.Ordinal),
            SampleCorpus.Documents.Select(document => document.MediaType).Distinct().Order(StringComparer.Ordinal));
        Assert.All(
            SampleCorpus.Documents,
            document => Assert.Equal(_mediaTypes[Path.GetExtension(document.Path)], document.MediaType));
    }

    [Fact]
    public void File_names_and_titles_are_unique_because_citations_are_matched_by_them()
    {
        Assert.Distinct(SampleCorpus.Documents.Select(document => Path.GetFileName(document.Path)));
        Assert.Distinct(SampleCorpus.Documents.Select(document => document.Title));
    }

    [Fact]
    public void Documents_are_of_realistic_length_and_small_enough_for_a_repository()
    {
        Assert.All(
            SampleCorpus.Documents,
            document => Assert.True(SampleText.Read(document.Path).Split(' ').Length >= MinimumWords, document.Path));

        var bytes = SampleCorpus.PathsOnDisk.Sum(path => new FileInfo(Path.Combine(SampleCorpus.Folder, path)).Length);
        Assert.InRange(bytes, 1, MaximumBytes);
    }

    [Fact]
    public void Word_documents_have_real_headings_and_pdfs_have_several_pages()
    {
        foreach (var path in SampleCorpus.PathsOnDisk)
        {
            var file = Path.Combine(SampleCorpus.Folder, path);
            switch (Path.GetExtension(path))
            {
                case ".docx":
                    Assert.Contains(
                        SampleText.DocxParagraphs(file),
                        paragraph => paragraph.ParagraphProperties?.ParagraphStyleId?.Val?.Value == "Heading1");
                    break;
                case ".pdf":
                    Assert.True(SampleText.PdfPages(file).Count > 1, path);
                    break;
            }
        }
    }

    [Fact]
    public void There_are_sixty_different_questions_and_ten_of_them_have_no_answer()
    {
        Assert.Equal(QuestionCount, SampleCorpus.Questions.Count);
        Assert.Equal(UnanswerableCount, SampleCorpus.Questions.Count(question => !question.Answerable));
        Assert.Distinct(SampleCorpus.Questions.Select(question => SampleText.Normalize(question.Question)));
    }

    [Fact]
    public void A_question_without_an_answer_names_neither_source_nor_answer() =>
        Assert.All(
            SampleCorpus.Questions.Where(question => !question.Answerable),
            question => Assert.True(question is { Source: null, Filename: null, Answer: null }, question.Question));

    [Fact]
    public void Every_document_is_the_source_of_a_question_and_every_source_is_a_document()
    {
        var answerable = SampleCorpus.Questions.Where(question => question.Answerable).ToList();

        Assert.Equal(
            SampleCorpus.Documents.Select(document => document.Path).Order(StringComparer.Ordinal),
            answerable.Select(question => question.Source!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(answerable, question => Assert.Equal(Path.GetFileName(question.Source), question.Filename));
    }

    [Fact]
    public void Every_answer_stands_word_for_word_in_its_source()
    {
        var texts = SampleCorpus.PathsOnDisk.ToDictionary(path => path, SampleText.Read);

        var missing = SampleCorpus.Questions.Where(question => question.Answerable
            && !texts[question.Source!].Contains(SampleText.Normalize(question.Answer!), StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void No_question_gives_its_own_answer_away() =>
        Assert.All(
            SampleCorpus.Questions.Where(question => question.Answerable),
            question => Assert.DoesNotContain(
                question.Answer!, question.Question, StringComparison.OrdinalIgnoreCase));
}
