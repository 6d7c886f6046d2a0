using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Ingest.Erasures;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Erasures;

/// <summary>What was erased is nowhere any more, and nothing else is gone.</summary>
public sealed partial class ErasureTests(ErasureStack stack) : IClassFixture<ErasureStack>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_person_was_erased_no_table_and_no_blob_has_a_word_of_them()
    {
        var (project, name, word, files) = await PlantAsync();
        var planted = await stack.FindAsync(word);
        Assert.Empty(PlantedWords.Tables.Concat(PlantedWords.ByFiles).Except(planted));

        var erasure = await project.EraseAsync(Person(name));

        Assert.Equal("completed", (string)erasure["status"]!);
        Assert.Empty(await stack.FindAsync(word));
        Assert.Equal(3, ErasureProject.Count(erasure, "ingest.file"));
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.conversation_item"));
        Assert.Equal("sales", await stack.ScalarAsync<string>(
            "select attributes ->> 'team' from retrieval.store_file where file_id = $1", files.Staying.Value));
        Assert.Contains("Staying", await project.Ingest.GetStringAsync($"/v1/files/{files.Staying}", Token));
        Assert.Equal(1L, await stack.ScalarAsync<long>(
            "select count(*) from serving.conversation_item where project_id = $1", project.Id.Value));
        Assert.Equal(16L, await stack.ScalarAsync<long>(
            "select sum(input_tokens + output_tokens)::bigint from serving.completion where project_id = $1",
            project.Id.Value));
        Assert.DoesNotContain(
            files.Letter.ToString(), (await project.SearchAsync(files.Store, "letter")).ToJsonString());
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_go_and_changes_nothing()
    {
        var (project, name, word, _) = await PlantAsync();
        var before = await stack.FindAsync(word);

        var told = await project.EraseAsync(Person(name, isDryRun: true));

        Assert.Equal(before, await stack.FindAsync(word));
        var items = new List<string>();
        for (JsonNode? page = null; page is null || (bool)page["has_more"]!;)
        {
            page = await project.GetAsync(
                $"/api/erasures/{told["id"]}/items?limit=7&after={page?["last_id"] ?? "0"}");
            items.AddRange(page["data"]!.AsArray().Select(item => $"{item!["kind"]} {item["id"]} {item["outcome"]}"));
        }

        var erased = await project.EraseAsync(Person(name));
        Assert.Equal(told["counts"]!.ToJsonString(), erased["counts"]!.ToJsonString());
        Assert.Equal(items.Count, items.Distinct().Count());
        Assert.All(items, item => Assert.DoesNotContain(word, item, StringComparison.OrdinalIgnoreCase));
        Assert.False((bool)told["has_receipt"]!);
    }

    [Fact]
    public async Task What_was_erased_once_is_not_found_again()
    {
        var (project, name, _, _) = await PlantAsync();
        await project.EraseAsync(Person(name));

        var again = await project.EraseAsync(Person(name));

        Assert.Equal("[]", again["counts"]!.ToJsonString());
    }

    [Fact]
    public async Task Another_projects_words_stay()
    {
        var (project, name, word, _) = await PlantAsync();
        var (other, _, _, files) = await PlantAsync(name);

        await project.EraseAsync(Person(name));

        var left = await stack.FindAsync(word);
        Assert.Empty(PlantedWords.Tables.Concat(PlantedWords.ByFiles).Except(left));
        Assert.Contains("letter", await other.Ingest.GetStringAsync($"/v1/files/{files.Letter}", Token));
    }

    [Fact]
    public async Task An_end_users_words_go_from_answers_conversations_and_feedback_and_other_users_stay()
    {
        var project = stack.NewProject();
        var word = NewWord();
        var answer = await project.CompleteAsync($"Said {word}", user: "user-7");
        await project.CompleteAsync("Said by another", user: "user-77");
        await stack.ExecuteAsync(
            """
            with conversation as (
                insert into serving.conversation (id, project_id, metadata, created_at)
                values (gen_random_uuid(), $1, '{}', now())
                returning id
            )
            insert into serving.conversation_item (conversation_id, project_id, id, item, has_sources)
            select v.id, $1, c.response -> 'output' -> 0 ->> 'id', c.response -> 'output' -> 0, false
            from conversation v, serving.completion c where c.id = $2
            """,
            project.Id.Value, answer);
        await stack.ExecuteAsync(
            """
            insert into evals.feedback (id, project_id, completion_id, api, author, verdict, comment, created_at,
                                        updated_at)
            values (gen_random_uuid(), $1, $2, 'responses', 'a reviewer', 'down', $3, now(), now())
            """,
            project.Id.Value, answer, $"{word} is wrong");

        var erasure = await project.EraseAsync(new { by = "end_user", user = "user-7", reason = "Case 1" });

        Assert.Empty(await stack.FindAsync(word));
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.completion"));
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.conversation_item"));
        Assert.Equal(1, ErasureProject.Count(erasure, "evals.feedback"));
        Assert.Equal("Said by another", await stack.ScalarAsync<string>(
            "select answer from serving.completion where project_id = $1 and end_user = 'user-77'", project.Id.Value));
    }

    [Fact]
    public async Task An_answer_that_was_made_from_an_erased_file_says_nothing_any_more()
    {
        var project = stack.NewProject();
        var word = NewWord();
        var file = await project.UploadAsync("plan.txt", $"The plan is {word}.");
        await project.CompleteAsync($"It is {word}", file: file.ToString());

        var erasure = await project.EraseAsync(new { by = "file", file_id = file, reason = "Case 2" });

        Assert.Equal(1, ErasureProject.Count(erasure, "serving.completion"));
        Assert.Empty(await stack.FindAsync(word));
    }

    [Fact]
    public async Task Retention_erases_what_is_too_old_with_a_receipt_and_makes_none_when_nothing_is()
    {
        var project = stack.NewProject();
        await project.CompleteAsync("old words", daysAgo: 31);
        await project.CompleteAsync("new words", daysAgo: 29);
        using var set = await project.Ingest.PutAsync(
            new Uri("/api/retention", UriKind.Relative),
            System.Net.Http.Json.JsonContent.Create(new { answers_days = 30 }), Token);
        set.EnsureSuccessStatusCode();
        var sweep = stack.Ingest.GetRequiredService<SweepRetention>();

        await sweep.SweepAsync(Token);
        var swept = await Eventually.ReadAsync(
            () => project.GetAsync("/api/erasures"),
            read => read["data"]!.AsArray().Any(each => (string)each!["status"]! == "completed"));
        Assert.Equal(0, await sweep.SweepAsync(Token)); // Not before tomorrow.
        await stack.ExecuteAsync("update ingest.retention set swept_at = null where project_id = $1", project.Id.Value);
        await sweep.SweepAsync(Token);
        await Eventually.TrueAsync(
            async () => (await project.GetAsync("/api/erasures"))["data"]!.AsArray().Count == 1
                && await stack.ScalarAsync<long>("select count(*) from ops.work_item where queue like '%eras%'") == 0,
            Token);

        Assert.Equal("new words", await stack.ScalarAsync<string>(
            "select string_agg(answer, ',') from serving.completion where project_id = $1", project.Id.Value));
        Assert.Equal("retention", (string)swept["data"]![0]!["requested_by"]!);
    }

    [Fact]
    public async Task An_erasure_that_fails_in_the_middle_goes_on_and_counts_each_row_once()
    {
        const int Answers = 1_200; // Three transactions.
        var project = stack.NewProject();
        await stack.ExecuteAsync(
            """
            insert into serving.completion (
                id, project_id, api, model, engine, status, refused, question_sha256, answer_sha256, input_tokens,
                output_tokens, duration_seconds, vector_store_ids, retrieved, citations, created_at, question, answer,
                input, response, end_user)
            select gen_random_uuid(), $1, 'responses', 'default', 'x', 'completed', false, sha256('q'), sha256('a'),
                1, 1,
                   1, '{}', '[]', '[]', now(), 'q', 'a', '[]', '{}', 'user-9'
            from generate_series(1, $2)
            """,
            project.Id.Value, Answers);
        // As a process that dies after the first transaction.
        await stack.ExecuteAsync(
            $$"""
            create function serving.fail_later() returns trigger language plpgsql as $f$
            begin
                if (select count(*) from serving.completion
                    where project_id = '{{project.Id.Value}}' and end_user is null) >= 500 then
                    raise exception 'in the middle';
                end if;
                return null;
            end $f$;
            create trigger fail_later before update on serving.completion for each statement
                execute function serving.fail_later();
            """);

        var begun = await project.PostAsync(
            "/api/erasures", new { by = "end_user", user = "user-9", reason = "Case 3" });
        await Eventually.TrueAsync(
            async () => await stack.ScalarAsync<long>(
                "select count(*) from ops.work_item where queue = 'serving.erase' and failures > 0 and project_id = $1",
                project.Id.Value) == 1,
            Token);
        await stack.ExecuteAsync("drop function serving.fail_later cascade");
        var erasure = await project.EndAsync((string)begun["id"]!);

        Assert.Equal(Answers, ErasureProject.Count(erasure, "serving.completion"));
        Assert.Equal(0L, await stack.ScalarAsync<long>(
            "select count(*) from serving.completion where project_id = $1 and answer is not null", project.Id.Value));
    }

    [Fact]
    public async Task Every_table_is_planted_or_known_to_hold_nobodys_words()
    {
        var known = PlantedWords.Tables.Concat(PlantedWords.ByFiles).Concat(PlantedWords.Wordless);

        Assert.Empty((await stack.TablesAsync()).Except(known));
    }

    private static string NewWord() => $"quix{Guid.CreateVersion7():N}"[..28];

    private static object Person(string name, bool isDryRun = false) => new
    {
        by = "person", identifiers = new[] { name }, reason = "Case 17", dry_run = isDryRun,
    };

    private async Task<(ErasureProject Project, string Name, string Word, Files Files)> PlantAsync(string? of = null)
    {
        var word = of?.Split(' ')[1] ?? NewWord();
        var (project, name) = (stack.NewProject(), of ?? $"Zora {word}");
        var letter = await project.UploadAsync(
            "letter.md",
            $"---\nauthor: {name}\n---\n\n# Letters\n\nDear all, ZORA\n{word.ToUpperInvariant()} wrote this letter.");
        var staying = await project.UploadAsync("Staying.md", "# Rules\n\nNobody is named in the rules of the house.");
        await project.UploadAsync($"{name}.bin", "Its bytes are not read into passages.");
        await project.UploadAsync("batch.jsonl", $$$"""{"body":{"input":"Is \u005aora {{{word}}} here?"}}""");
        var gone = await project.UploadAsync($"{name}.txt", "It was deleted before.");
        (await project.Ingest.DeleteAsync(new Uri($"/v1/files/{gone}", UriKind.Relative), Token))
            .EnsureSuccessStatusCode();
        var store = await project.StoreAsync(letter, staying);
        await PlantedWords.PlantAsync(stack, project, name, store, staying);
        return (project, name, word, new(letter, staying, store));
    }

    private sealed record Files(Id<StoredFile> Letter, Id<StoredFile> Staying, string Store);
}
