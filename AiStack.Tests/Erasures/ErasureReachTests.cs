using AiStack.Ingest.Lineage;
using Xunit;

namespace AiStack.Tests.Erasures;

/// <summary>What is reached by ids, by times and by letters of every kind.</summary>
public sealed partial class ErasureTests
{
    [Fact]
    public async Task An_answer_goes_by_what_it_was_given_or_cites_and_a_batch_by_its_input()
    {
        var project = stack.NewProject();
        var word = NewWord();
        var file = await project.UploadAsync("plan.txt", "The plan.");
        var answer = await project.CompleteAsync($"It is {word}");
        await stack.ExecuteAsync(
            """
            update serving.completion set retrieved = jsonb_build_array(jsonb_build_object('file_id', $2)) where id = $1
            """,
            answer, file.ToString());
        await PlantBatchAsync(project, file.ToString(), $$"""{"input":"{{word}}"}""");

        var erasure = await project.EraseAsync(new { by = "file", file_id = file, reason = "Case 2" });

        Assert.Equal(1, ErasureProject.Count(erasure, "serving.completion"));
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.batch_line"));
        Assert.Empty(await stack.FindAsync(word));
    }

    [Fact]
    public async Task An_end_users_batch_lines_and_items_of_deleted_responses_go()
    {
        var project = stack.NewProject();
        var word = NewWord();
        var answer = await project.CompleteAsync("Said", user: "user-8");
        await stack.ExecuteAsync(
            """
            update serving.completion
            set question = null, answer = null, input = null, response = null, deleted_at = now() where id = $1
            """,
            answer);
        await stack.ExecuteAsync(
            """
            with conversation as (
                insert into serving.conversation (id, project_id, metadata, created_at)
                values (gen_random_uuid(), $1, jsonb_build_object('about', $3), now())
                returning id
            )
            insert into serving.conversation_item (conversation_id, project_id, id, item, has_sources)
            select id, $1, 'msg_' || left(replace($2::text, '-', ''), 28) || '0003',
                   jsonb_build_object('text', $3), false
            from conversation
            """,
            project.Id.Value, answer, word);
        await PlantBatchAsync(project, "x", $$"""{"user":"user-8","input":"{{word}}"}""");
        await PlantBatchAsync(project, "x", """{"user":"\ud800","input":"Nobody reads it"}""");

        var erasure = await project.EraseAsync(new { by = "end_user", user = "user-8", reason = "Case 2" });

        Assert.Equal("completed", (string)erasure["status"]!);
        Assert.Equal(1, ErasureProject.Count(erasure, "serving.batch_line"));
        Assert.Empty(await stack.FindAsync(word));
    }

    [Fact]
    public async Task Names_that_are_not_ascii_leave_attributes_and_principals_and_other_words_stay()
    {
        var project = stack.NewProject();
        var file = await project.UploadAsync("rules.md", "# Rules\n\nNobody is named.");
        await project.StoreAsync(file);
        await stack.ExecuteAsync(
            """
            update retrieval.store_file
            set attributes = '{"author":"ÉMILE ÇA","guest":"Émileh Çan"}',
                principals = array['user:émile ça', 'all']
            where file_id = $1
            """,
            file.Value);
        await project.EraseAsync(Person("Émile Ça"));

        Assert.Equal("""{"guest": "Émileh Çan"} all""", await stack.ScalarAsync<string>(
            """
            select attributes::text || ' ' || array_to_string(principals, ' ')
            from retrieval.store_file where file_id = $1
            """,
            file.Value));
        Assert.Empty(await stack.FindAsync("émile ça"));
    }

    [Fact]
    public async Task A_source_goes_with_what_it_replaced_its_lineage_and_the_run_that_is_at_it()
    {
        var project = stack.NewProject();
        var (word, source, run) = (NewWord(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var latest = await project.UploadAsync("c.txt", $"Third {word}");
        var replaced = await project.UploadAsync("b.txt", $"Second {word}");
        var superseded = await project.UploadAsync("a.txt", $"First {word}");
        var gone = await project.UploadAsync("d.txt", $"Not at the source any more {word}");
        await project.StoreAsync(latest);
        foreach (var sql in new[]
        {
            """
            insert into ingest.source (id, project_id, name, kind, settings, vector_store_id, created_at, updated_at,
                                       updated_by, paused)
            values ($1, $2, 'x', 'folder', '{}', $1, now(), now(), 'test', false)
            """,
            """
            insert into ingest.source_run (id, project_id, source_id, trigger, state, created_at)
            values ($8, $2, $1, 'hand', 'running', now())
            """,
            """
            insert into ingest.source_item (source_id, item_key, project_id, item_id, name, first_run, file_id, sha256,
                                            replaced)
            values ($1, sha256('x'), $2, 'mail/' || $7, $7, $8, $3, sha256('x'), array[$4])
            """,
            """
            update ingest.file
            set superseded_at = now(), superseded_by = $4, clear_at = now() + interval '1 day' where id = $5
            """,
            """
            insert into ingest.lineage_node (id, project_id, namespace, name, label, first_at)
            values ($1, $2, 'file', '/mail/' || $7, $7, now()),
                   ($9, $2, 'aistack://x', 'files/file-' || replace($6::text, '-', ''), 'd.txt', now())
            """,
            """
            insert into ingest.lineage_edge (project_id, source_id, target_id, run_id, job_namespace, job_name, at)
            values ($2, $1, $9, $8, 'aistack://x', 'ingest.sync_source', now())
            """,
        })
        {
            var node = LineageNames.NodeId(
                project.Id, LineageNames.Namespace(project.Id), LineageNames.File(gone));
            Guid[] ids = [source, project.Id.Value, latest.Value, replaced.Value, superseded.Value, gone.Value];
            await stack.ExecuteAsync(ids.Index().Aggregate(
                sql.Replace("$7", $"'{word}'", StringComparison.Ordinal)
                    .Replace("$8", $"'{run}'::uuid", StringComparison.Ordinal)
                    .Replace("$9", $"'{node}'::uuid", StringComparison.Ordinal),
                (made, id) => made.Replace($"${id.Index + 1}", $"'{id.Item}'::uuid", StringComparison.Ordinal)));
        }

        var erasure = await project.EraseAsync(
            new { by = "source", source_id = $"src_{source:N}", reason = "Case 2" });

        Assert.Equal(4, ErasureProject.Count(erasure, "ingest.file"));
        Assert.Empty(await stack.FindAsync(word));
        Assert.Equal("cancelled true", await stack.ScalarAsync<string>(
            """
            select r.state || ' ' || s.paused::text
            from ingest.source_run r join ingest.source s on s.id = r.source_id where r.source_id = $1
            """,
            source));
    }

    private Task PlantBatchAsync(ErasureProject project, string input, string request) => stack.ExecuteAsync(
        """
        with batch as (
            insert into serving.batch (id, project_id, organisation_id, scopes, endpoint, input_file_id, status,
                                       metadata, total, created_at, expires_at)
            values (gen_random_uuid(), $1, gen_random_uuid(), '{}', '/v1/responses', $2, 'in_progress', '{}', 1, now(),
                    now() + interval '1 day')
            returning id
        )
        insert into serving.batch_line (batch_id, project_id, number, custom_id, request)
        select id, $1, 1, 'one', $3 from batch
        """,
        project.Id.Value, input, request);
}
