using System.Globalization;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.Serving.Engines.OpenAi;
using AiStack.Serving.Questions;
using AiStack.Tests.Samples;
using AiStack.TextAnalysis;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// What a model that writes answers is given to read: whether the facts stand in it, with the passages alone and with
/// what stands beside them, in prompts of several sizes.
/// </summary>
public sealed class SectionsBench
{
    private static readonly int[] _rooms = [500, 1_000, 2_000, 4_000];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Facts_in_what_a_model_reads()
    {
        await using var stack = await BenchStack.StartAsync();
        var files = new List<string>();
        foreach (var document in SampleCorpus.Documents)
        {
            files.Add(await stack.UploadFileAsync(Path.Combine(SampleCorpus.Folder, document.Path)));
        }

        var rows = new List<string>();
        foreach (var (name, chunking) in new (string, object)[]
        {
            ("auto", new { type = "auto" }),
            ("100 tokens", new
            {
                type = "static", @static = new { max_chunk_size_tokens = 100, chunk_overlap_tokens = 20 },
            }),
        })
        {
            var store = await stack.IndexAsync([.. files], chunking);
            await stack.EmbeddedAsync(store);
            rows.AddRange(await MeasureAsync(stack, store, name));
        }

        BenchReport.Write("53-sections", $"""
            ## What a model reads

            Of the questions about the sample documents that have facts: the share of which all facts stand in what a
            model that writes answers is shown, in the right documents' passages. Alone: the passages that were found,
            as many of ten as fit. With sections: and, in the room that they leave, the chunks beside the best three
            below the same headings. Tokens: what is shown has, on average.

            | chunks | room, tokens | half | questions | alone | tokens | with sections | tokens |
            | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    private static async Task<List<string>> MeasureAsync(BenchStack stack, string store, string chunks)
    {
        var asked = new List<(PeopleQuestion Question, PassageSearchResponse Found)>();
        foreach (var question in PeopleQuestion.Read("samples").Where(question => question.Facts.Count > 0))
        {
            asked.Add((question, await SearchAsync(stack, store, FollowUp.Resolve(question.Turns))));
        }

        return
        [
            .. from room in _rooms
               from half in asked.GroupBy(one => one.Question.Half).OrderByDescending(half => half.Key)
               let count = half.Count()
               let alone = half.Count(one => Holds(one.Question, Alone(one.Found), room))
               let aloneTokens = half.Average(one => TokensOf(Alone(one.Found), room))
               let whole = half.Count(one => Holds(one.Question, one.Found, room))
               let wholeTokens = half.Average(one => TokensOf(one.Found, room))
               select string.Create(
                   CultureInfo.InvariantCulture,
                   $"| {chunks} | {room:N0} | `{half.Key}` | {count} | {alone / (double)count:.000} "
                   + $"| {aloneTokens:N0} | {whole / (double)count:.000} | {wholeTokens:N0} |"),
        ];
    }

    private static bool Holds(PeopleQuestion question, PassageSearchResponse found, int room)
    {
        var passages = new NumberedPassages();
        passages.Show(found, room);
        return question.IsAnsweredBy(string.Join('\n', Enumerable.Range(1, found.Results.Count * 2)
            .TakeWhile(passages.Has)
            .Where(number => question.Documents.Contains(passages[number].Found.Filename))
            .Select(number => passages[number].Format(number))));
    }

    private static int TokensOf(PassageSearchResponse found, int room) =>
        Tokens.Count(new NumberedPassages().Show(found, room));

    private static PassageSearchResponse Alone(PassageSearchResponse found) =>
        found with { Results = [.. found.Results.Select(passage => passage with { Section = null })] };

    private static async Task<PassageSearchResponse> SearchAsync(BenchStack stack, string store, string query)
    {
        var page = await stack.PostAsync(
            $"/v1/vector_stores/{store}/search", new { query, max_num_results = 10, include = new[] { "section" } });
        return new(query, [.. page.GetProperty("data").EnumerateArray().Select(Read)], new(0, 0, 0));
    }

    private static Passage Read(JsonElement found)
    {
        var content = found.GetProperty("content")[0].GetProperty("text").GetString()!;
        var (start, end) = (found.GetProperty("start").GetInt32(), found.GetProperty("end").GetInt32());
        return new(
            default,
            Id<StoredFile>.Parse(found.GetProperty("file_id").GetString()!, null),
            found.GetProperty("filename").GetString()!,
            Id<Chunk>.Parse(found.GetProperty("chunk_id").GetString()!, null),
            found.GetProperty("ordinal").GetInt32(),
            content[^(end - start)..],
            found.GetProperty("score").GetDouble(),
            new(0, 0, 0),
            start,
            end,
            Page: null,
            found.GetProperty("heading").GetString(),
            default)
        {
            TableHead = content.Length > end - start ? content[..^(end - start + 1)] : null,
            Section = found.GetProperty("section").Deserialize<List<SectionPart>>(JsonDefaults.Options),
        };
    }
}
