using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>A model that sometimes lies: what the passages do not bear out is marked, or left out.</summary>
public sealed partial class GroundedAnswerTests(ServingFixture serving, ITestOutputHelper output)
    : IClassFixture<ServingFixture>
{
    private const string Mark = " [not in the sources]";
    private const string Truth = "Full-time employees have 27 days of paid holiday.";
    private const string Lie = "Part-time employees have 12 days of paid holiday.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Keep", $"{Truth} {Lie}")]
    [InlineData("Mark", $"{Truth} {Lie}{Mark}")]
    [InlineData("Drop", Truth)]
    public async Task A_sentence_that_the_passages_do_not_bear_out_is_kept_marked_or_dropped(string policy, string said)
    {
        await using var service = serving.Start(("Serving:OpenAi:UnsupportedSentences", policy));
        Find(Truth);

        var response = await AskAsync(
            service, "Full-time employees have ", "27 days of paid holiday [1].", $" {Lie} [1]");

        Assert.Equal(said, Text(response).GetProperty("text").GetString());
        Assert.Equal("1", response.GetProperty("metadata").GetProperty("aistack.unsupported").GetString());
        Assert.Equal(Truth, Text(response).GetProperty("annotations")[0].GetProperty("quote").GetString());
    }

    [Fact]
    public async Task When_every_sentence_is_dropped_it_says_that_the_sources_hold_no_answer()
    {
        await using var service = serving.Start(("Serving:OpenAi:UnsupportedSentences", "Drop"));
        Find(Truth);

        var response = await AskAsync(service, $"{Lie} [1]");

        Assert.Equal(
            "The sources do not contain an answer to this question.", Text(response).GetProperty("text").GetString());
        Assert.Equal("true", response.GetProperty("metadata").GetProperty("aistack.refused").GetString());
        Assert.Empty(Text(response).GetProperty("annotations").EnumerateArray());
    }

    [Fact]
    public async Task Where_nothing_is_found_the_model_is_not_asked()
    {
        serving.Retrieval.Always(Found.Search(0));
        serving.Upstream.Asked.Clear();

        var response = await AskAsync(serving.Service, "Paris.");

        Assert.Equal("true", response.GetProperty("metadata").GetProperty("aistack.refused").GetString());
        Assert.Empty(serving.Upstream.Asked);
    }

    [Theory]
    [InlineData("The handbook calls it \"twenty-seven days of paid rest\".", false)]
    [InlineData("The handbook says: \"27 days of paid holiday\".", true)]
    [InlineData("Yes.", true)]
    [InlineData("The sources do not say anything about sabbaticals.", true)]
    [InlineData("Full-time employees do not have 27 days of paid holiday.", false)]
    [InlineData("Full-time employees have 27 days of paid holiday in Oslo.", false)]
    public async Task What_is_quoted_denied_or_named_must_be_so_in_the_passage(string sentence, bool isSupported)
    {
        Find($"This is the handbook. {Truth}");

        var response = await AskAsync(serving.Service, sentence);

        Assert.Equal(
            isSupported ? sentence : sentence + Mark, Text(response).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Of_the_lies_about_the_samples_most_are_marked_and_of_the_truths_few()
    {
        Dictionary<string, (int Lies, int Caught, int Truths, int Marked)> counts = [];
        foreach (var statements in Statements.All.GroupBy(statement => statement.Document))
        {
            serving.Retrieval.Always(Found.Search(.9, [.. Passages(statements.Key)]));
            var response = await AskAsync(
                serving.Service,
                [.. statements.SelectMany(statement => statement.Text.Split(' ')).Select(word => $"{word} ")]);
            var said = Text(response).GetProperty("text").GetString()!;
            bool IsMarked(Statement each) => said.Contains(each.Text + Mark, StringComparison.Ordinal);
            counts[statements.Key] = (
                statements.Count(each => !each.IsTrue), statements.Count(each => !each.IsTrue && IsMarked(each)),
                statements.Count(each => each.IsTrue), statements.Count(each => each.IsTrue && IsMarked(each)));
            output.WriteLine($"{statements.Key}: {counts[statements.Key]}");
        }

        Assert.InRange(Share(counts.Values, count => count.Caught, count => count.Lies), .95, 1);
        Assert.InRange(Share(counts.Values, count => count.Marked, count => count.Truths), 0, .12);
        var unseen = Statements.Unseen.Select(document => counts[document]).ToList();
        Assert.InRange(Share(unseen, count => count.Caught, count => count.Lies), .88, 1);
        Assert.InRange(Share(unseen, count => count.Marked, count => count.Truths), 0, .12);
    }

    private static double Share<T>(IEnumerable<T> counts, Func<T, int> part, Func<T, int> whole) =>
        (double)counts.Sum(part) / counts.Sum(whole);

    /// <summary>Its paragraphs, each on one line, below its title and the heading above.</summary>
    private static IEnumerable<Passage> Passages(string document)
    {
        var text = LineBreak().Replace(
            File.ReadAllText(Path.Combine(Repository.Root, "samples/documents", document)), " ");
        var title = text.Split('\n')[0].TrimStart('#', ' ');
        var heading = "";
        foreach (var paragraph in text.Split("\n\n").Where(part => !string.IsNullOrWhiteSpace(part)))
        {
            heading = paragraph.StartsWith("##", StringComparison.Ordinal) ? paragraph.Trim('#', ' ') : heading;
            yield return Found.Passage(paragraph, .5) with { Heading = $"{title} > {heading}" };
        }
    }

    private static JsonElement Text(JsonElement response) =>
        response.GetProperty("output").EnumerateArray().Last().GetProperty("content")[0];

    private void Find(string text) => serving.Retrieval.Always(Found.Search(.9, Found.Passage(text, .9)));

    private async Task<JsonElement> AskAsync(
        ServiceFactory<AiStack.Serving.Engines.EngineCatalog> service, params string[] words)
    {
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, words);
        using var client = service.CreateClient(PostgresFixture.NewProject());
        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new
            {
                model = "openai",
                input = "What do the documents say?",
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { Found.Store.ToString() } } },
            },
            Cancellation);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body.ToString());
        return body;
    }

    // A line that goes on in the next: no row, item or heading.
    [GeneratedRegex(@"(?<=[^\n|])\n[ \t]*(?=[^\n|#\-\s0-9])")]
    private static partial Regex LineBreak();
}
