using System.Text;
using AiStack.Contracts;

namespace AiStack.Tests.Erasures;

/// <summary>Puts a person's name into every table that may hold one, as a project's services would.</summary>
internal static class PlantedWords
{
    /// <summary>Tables in which nobody's words are: ids, counts, times, and what is not of a project.</summary>
    public static readonly string[] Wordless =
    [
        "evals.eval", // Settings, with all that are below: people are told of them, and change them.
        "gateway.api_key", "gateway.organisation", "gateway.project", "ingest.source", "ingest.legal_hold",
        "retrieval.vector_store", "retrieval.reveal", // People are told of it: it is only added to.
        "retrieval.pseudonym", // Sealed; it goes with its file.
        "serving.budget", "serving.cache_policy", "serving.guard_policy",
        "serving.mcp_server", "serving.model_version", "serving.prompt_version", "serving.prompt_label",
        "serving.route_change",
        "ingest.erasure", // Sealed, and then hashes alone.
        "ingest.legal_hold_file", // An id of a hold, and one of a file.
        "ingest.erasure_item", "ingest.retention", "ingest.lineage_answer_file", "ingest.lineage_export",
        "ingest.lineage_outbox", "ingest.upload_part", "ops.migration", "retrieval.chunk_hash", "retrieval.entry",
        "retrieval.file_batch", "retrieval.quality_result", "retrieval.signature_band", "serving.answered",
        "serving.begun", // Moments, while an answer is made.
        "serving.mcp_approval", "serving.model_shutdown", "serving.process",
    ];

    /// <summary>Tables that are filled by uploading files, and not here.</summary>
    public static readonly string[] ByFiles = ["ingest.file", "ingest.revision", "ingest.chunk",
        "retrieval.store_file"];

    /// <summary>Statements by their tables; $1 is the project, $2 the name, $3 a store, $4 a file that stays.</summary>
    private static readonly (string Table, string Sql)[] _rows =
    [
        ("ingest.upload", """
            insert into ingest.upload (id, project_id, filename, purpose, media_type, size_bytes, created_at,
                expires_at)
            values (gen_random_uuid(), $1, $2 || '.txt', 'assistants', 'text/plain', 5, now(), now())
            """),
        ("ingest.source_item", """
            with source as (
                insert into ingest.source (id, project_id, name, kind, settings, vector_store_id, created_at,
                    updated_at,
                                           updated_by, paused)
                values (gen_random_uuid(), $1, 'mail', 'folder', '{}', $3, now(), now(), 'test', true)
                returning id
            )
            insert into ingest.source_item (source_id, item_key, project_id, item_id, name, first_run)
            select id, sha256('x'), $1, 'mail/' || $2, 'x', id from source
            """),
        ("ingest.source_run", """
            insert into ingest.source_run (id, project_id, source_id, trigger, state, changes, missed, error,
                created_at,
                                           finished_at)
            select gen_random_uuid(), $1, id, 'hand', 'failed', jsonb_build_array(jsonb_build_object('name', $2::text)),
                   array[$2::text], $2, now(), now()
            from ingest.source where project_id = $1
            """),
        ("ingest.lineage_event", """
            insert into ingest.lineage_event (id, project_id, event_time, event_type, run_id, is_own, sha256, event)
            values (gen_random_uuid(), $1, now(), 'COMPLETE', gen_random_uuid(), false, sha256($2::bytea),
                    jsonb_build_object('outputs', jsonb_build_array(jsonb_build_object('name', upper($2)))))
            """),
        ("ingest.lineage_node", """
            insert into ingest.lineage_node (id, project_id, namespace, name, label, first_at)
            values (gen_random_uuid(), $1, 's3://' || $2, 'letters of ' || $2, $2, now()),
                   (gen_random_uuid(), $1, 'aistack://x', 'sources/src_1/documents/' || $2, $2, now())
            """),
        ("ingest.lineage_edge", """
            insert into ingest.lineage_edge (project_id, source_id, target_id, run_id, job_namespace, job_name, at)
            values ($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'airflow', 'mail of ' || $2, now())
            """),
        ("ops.work_item", """
            insert into ops.work_item (id, project_id, queue, payload, state, last_error)
            values (gen_random_uuid(), $1, 'test.nobody', jsonb_build_object('sender', $2::text), 'ready', null),
                   (gen_random_uuid(), $1, 'test.nobody', '{}', 'parked', 'Failed at ' || $2)
            """),
        ("retrieval.store_file", """
            update retrieval.store_file
            set attributes = jsonb_build_object('author', $2::text, 'team', 'sales'), principals = array['user:' ||
                $2, 'all']
            where project_id = $1 and file_id = $4
            """),
        ("retrieval.held", """
            update retrieval.held set principals = array['user:' || $2]
            where project_id = $1 and file_id = $4
            """),
        ("retrieval.rollback", """
            insert into retrieval.rollback (id, project_id, vector_store_id, snapshot_id, kept_as, version, reason,
                created_at)
            values (gen_random_uuid(), $1, $3, gen_random_uuid(), gen_random_uuid(), 1, 'asked by ' || $2, now())
            """),
        ("retrieval.quality_run", """
            insert into retrieval.quality_run (id, project_id, vector_store_id, file_id, revision_id, work, status,
                                               evaluated_at)
            values (gen_random_uuid(), $1, $3, gen_random_uuid(), gen_random_uuid(),
                    jsonb_build_object('attributes', $2::text), 'quarantined', now())
            """),
        ("serving.conversation", """
            insert into serving.conversation (id, project_id, metadata, created_at)
            values (gen_random_uuid(), $1, jsonb_build_object('about', $2::text), now())
            """),
        ("serving.conversation_item", """
            insert into serving.conversation_item (conversation_id, project_id, id, item, has_sources)
            select id, $1, 'msg_' || number, case number
                       when 1 then jsonb_build_object('text', replace($2, ' ', E'\n'))
                       else jsonb_build_object('text', 'Nobody is named here.') end, false
            from serving.conversation cross join generate_series(1, 2) as number
            where project_id = $1
            """),
        ("serving.background_response", """
            insert into serving.background_response (id, project_id, organisation_id, scopes, request, response,
                                                     has_sources, created_at, ended_at)
            values (gen_random_uuid(), $1, gen_random_uuid(), '{}', jsonb_build_object('input', $2::text), '{}', false,
                    now(), now())
            """),
        ("serving.response_event", """
            insert into serving.response_event (response_id, project_id, number, type, event)
            select id, $1, 1, 'x', '{"delta":"' || $2 || '"}' from serving.background_response where project_id = $1
            """),
        ("serving.completion", """
            insert into serving.completion (
                id, project_id, api, model, engine, status, refused, question_sha256, answer_sha256, input_tokens,
                output_tokens, duration_seconds, vector_store_ids, retrieved, citations, created_at, question, answer,
                input, response, end_user, principals, cost, currency)
            values (gen_random_uuid(), $1, 'chat.completions', 'default', 'extractive', 'completed', false, sha256('q'),
                    sha256('a'), 7, 9, 1, '{}', '[]', '[]', now(), 'Who?', $2 || 's letter', '[]',
                    jsonb_build_object('text', $2::text), $2, array['user:' || $2], 0.5, 'USD')
            """),
        ("serving.embedding", """
            insert into serving.embedding (id, project_id, model, status, input_tokens, end_user, duration_seconds,
                                           created_at)
            values (gen_random_uuid(), $1, 'default', 'completed', 3, $2, 1, now())
            """),
        ("serving.kept_answer", """
            insert into serving.kept_answer (project_id, key, stores, file_ids, answer, created_at)
            values ($1, sha256('k'), '', '{}', jsonb_build_object('text', $2::text), now())
            """),
        ("serving.batch", """
            insert into serving.batch (id, project_id, organisation_id, scopes, endpoint, input_file_id, status,
                metadata,
                                       total, created_at, expires_at)
            values (gen_random_uuid(), $1, gen_random_uuid(), '{}', '/v1/responses', 'x', 'in_progress',
                    jsonb_build_object('for', $2::text), 2, now(), now())
            """),
        ("serving.batch_line", """
            insert into serving.batch_line (batch_id, project_id, number, custom_id, request, result)
            select id, $1, number, $2 || number, '{"input":"' || replace($2, ' ', '\n') || '"}',
                   case number when 2 then $2 end
            from serving.batch cross join generate_series(1, 2) as number where project_id = $1
            """),
        ("serving.budget_slice", """
            with budget as (
                insert into serving.budget (id, organisation_id, project_id, name, subject, subject_id, unit, amount,
                                            period, time_zone, warn_at, created_at)
                values (gen_random_uuid(), gen_random_uuid(), $1, 'each', 'user', '*', 'requests', 10, 'day', 'UTC',
                    '{}',
                        now())
                returning id
            )
            insert into serving.budget_slice (budget_id, member, starts_at, spent) select id, $2, now(), 1 from budget
            """),
        ("serving.budget_entry", """
            insert into serving.budget_entry (request_id, budget_id, member, starts_at, reserved, spent)
            select gen_random_uuid(), id, $2, now(), 1, 1 from serving.budget where project_id = $1
            """),
        ("serving.budget_warning", """
            insert into serving.budget_warning (budget_id, member, starts_at, ends_at, percent, amount, spent,
                warned_at)
            select id, $2, now(), now(), 80, 1, 1, now() from serving.budget where project_id = $1
            """),
        ("evals.run", """
            with eval as (
                insert into evals.eval (id, project_id, name, item_schema, include_sample_schema, testing_criteria,
                                        created_at, updated_at)
                values (gen_random_uuid(), $1, 'eval', '{}', false, '[]', now(), now())
                returning id
            )
            insert into evals.run (id, project_id, eval_id, organisation_id, name, model, data_source, dataset_sha256,
                                   item_count, pending_count, status, error_code, error_message, metadata, created_at,
                                   finished_at)
            select gen_random_uuid(), $1, id, gen_random_uuid(), 'Letters of ' || $2, 'default', '{}', sha256('d'),
                1, 0,
                   'failed', 'x', $2, jsonb_build_object('a', $2::text), now(), now()
            from eval
            """),
        ("evals.run_item", """
            insert into evals.run_item (
                id, project_id, run_id, ordinal, item, answerable, state, passed, grades, first_citation_right,
                any_citation_right, refused, latency, input_tokens, output_tokens, response_id, model, output_text,
                citations, finished_at)
            select gen_random_uuid(), $1, id, 0, ('{"question":"\u0000 Who is ' || $2 || '"}')::json, false, 'answered',
                true,
                   json_build_array(json_build_object('name', 'x', 'reason', $2)), true, true, false, interval '1
                       second',
                   1, 1, 'resp_x', 'default', $2, json_build_array($2::text), now()
            from evals.run where project_id = $1
            """),
        ("evals.feedback", """
            insert into evals.feedback (id, project_id, completion_id, api, author, verdict, correction, comment,
                                        created_at, updated_at)
            values (gen_random_uuid(), $1, gen_random_uuid(), 'responses', $2, 'down', 'It is ' || $2, 'Ask ' || $2,
                now(),
                    now())
            """),
        ("evals.alert", """
            insert into evals.alert (id, project_id, rule, subject, what, value, limit_value, unit, opened_at,
                                     last_seen_at)
            values (gen_random_uuid(), $1, 'quality', $2, $2 || ' is worse', 1, 1, 'x', now(), now())
            """),
        ("gateway.idempotent_request", """
            with known as (
                insert into gateway.organisation (id, name, created_at) values (gen_random_uuid(), 'o', now())
                returning id
            ), project as (
                insert into gateway.project (id, organisation_id, name, created_at) select $1, id, 'p', now() from known
                on conflict (id) do nothing
            )
            insert into gateway.idempotent_request (project_id, key_id, name, request_sha256, claim, leased_until,
                status,
                                                    body)
            values ($1, gen_random_uuid(), 'first', sha256('r'), gen_random_uuid(), now(), 200, $2::text::bytea),
                   ($1, gen_random_uuid(), 'letter of ' || $2, sha256('r'), gen_random_uuid(), now(), 200, '\xff00')
            """),
    ];

    public static IEnumerable<string> Tables => _rows.Select(row => row.Table);

    public static async Task PlantAsync(
        ErasureStack stack, ErasureProject project, string name, string store, Id<StoredFile> staying)
    {
        var storeId = Id<VectorStore>.Parse(store).Value;
        foreach (var (table, sql) in _rows)
        {
            try
            {
                // A parameter that a statement does not use has no type: each has all four.
                await stack.ExecuteAsync(
                    new StringBuilder(sql).Replace("$1", $"'{project.Id.Value}'::uuid").Replace("$2", $"'{name}'::text")
                        .Replace("$3", $"'{storeId}'::uuid").Replace("$4", $"'{staying.Value}'::uuid").ToString());
            }
            catch (Npgsql.PostgresException exception)
            {
                throw new InvalidOperationException($"{table} was not planted: {exception.MessageText}", exception);
            }
        }
    }
}
