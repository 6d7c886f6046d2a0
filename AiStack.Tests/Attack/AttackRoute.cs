using System.Text.RegularExpressions;
using AiStack.Tests.Fixtures;
using static AiStack.ServiceDefaults.Authentication.Scopes;

namespace AiStack.Tests.Attack;

/// <summary>
/// A request that does what a route is for. In its path and body stand the kinds of what it needs, as in
/// <c>/v1/files/{file}</c>: with a project's own ids it is let through, with those of another it must not be.
/// </summary>
/// <param name="Pattern">The route as the service that answers it has it.</param>
/// <param name="Scopes">What it needs, all of them: the first is the endpoint's, the others are what it does.</param>
/// <param name="Path">The request, where it says more than the pattern.</param>
/// <param name="Body">JSON, or <see cref="Form"/>, or <see cref="Part"/>.</param>
internal sealed partial record AttackRoute(
    string Method, string Pattern, string[] Scopes, string? Path = null, string? Body = null)
{
    /// <summary>A body that is an upload.</summary>
    public const string Form = "form";

    /// <summary>A body that is a part of one.</summary>
    public const string Part = "part";

    private const string Search =
        """{"model":"default","input":"What is it?","tools":[{"type":"file_search","vector_store_ids":["{store}"]}]}""";

    private static readonly string _samples = System.IO.Path.Combine(Repository.Root, "samples");

    private static readonly string _newSource =
        $$$"""
        {"name":"{new}","kind":"folder","settings":{"path":"{{{_samples}}}","watch":false},
         "vector_store_id":"{store}"}
        """;

    private const string Eval =
        """
        {"name":"attack","data_source_config":{"type":"custom","item_schema":{"type":"object"}},
         "testing_criteria":[{"type":"refusal","name":"refusal"}]}
        """;

    private const string Items =
        """{"type":"file_content","content":[{"item":{"question":"What?","filename":"secret.txt"}}]}""";

    private const string Lineage =
        """
        {"eventType":"COMPLETE","eventTime":"2026-01-01T00:00:00Z","producer":"urn:attack","schemaURL":"urn:attack",
         "run":{"runId":"01990000-0000-7000-8000-000000000000"},"job":{"namespace":"attack","name":"attack"},
         "outputs":[{"namespace":"attack","name":"attack"}]}
        """;

    private const string KeyBudget =
        """
        {"name":"attack","subject":{"type":"key","id":"{key}"},"limit":{"unit":"requests","amount":1000000},
         "window":{"type":"day"}}
        """;

    /// <summary>Every route of every service, those that end something last.</summary>
    public static IReadOnlyList<AttackRoute> All { get; } =
    [
        new("POST", "/api/keys", [Admin], Body: """{"name":"attack","scopes":["models.read"]}"""),
        new("GET", "/api/keys", [Admin], "/api/keys?after={key}"),
        new("POST", "/api/projects", [Admin], Body: """{"name":"{new}"}"""),
        new("GET", "/api/projects", [Admin]),

        new("POST", "/v1/files", [FilesWrite], Body: Form),
        new("GET", "/v1/files", [FilesRead], "/v1/files?after={file}"),
        new("GET", "/v1/files/{id}", [FilesRead], "/v1/files/{file}"),
        new("GET", "/v1/files/{id}/content", [FilesRead], "/v1/files/{file}/content"),
        new("GET", "/api/files/{id}/text", [FilesRead], "/api/files/{file}/text"),
        new("GET", "/api/files/{id}/versions", [FilesRead], "/api/files/{file}/versions"),
        new("GET", "/api/files/{id}/origin", [FilesRead], "/api/files/{file}/origin?start=0&end=1"),
        new("GET", "/api/files/{id}/report", [FilesRead], "/api/files/{file}/report"),
        new("POST", "/v1/uploads", [FilesWrite],
            Body: """{"filename":"a.txt","purpose":"assistants","bytes":5,"mime_type":"text/plain"}"""),
        new("POST", "/v1/uploads/{id}/parts", [FilesWrite], "/v1/uploads/{open}/parts", Part),
        new("POST", "/v1/uploads/{id}/complete", [FilesWrite], "/v1/uploads/{upload}/complete",
            """{"part_ids":["{part}"]}"""),
        new("POST", "/v1/uploads/{id}/cancel", [FilesWrite], "/v1/uploads/{open}/cancel"),

        new("GET", "/api/source-kinds", [Admin]),
        new("POST", "/api/lineage", [FilesWrite], Body: Lineage),
        new("GET", "/api/lineage", [Admin], "/api/lineage?node=attack:attack"),
        new("GET", "/api/lineage/events", [Admin], "/api/lineage/events"),
        new("GET", "/api/lineage/runs/{id}", [Admin], "/api/lineage/runs/01990000-0000-7000-8000-000000000000"),
        new("GET", "/api/lineage/answers/{id}", [Admin], "/api/lineage/answers/{response}"),
        new("GET", "/api/lineage/files/{id}/answers", [Admin], "/api/lineage/files/{file}/answers"),

        new("POST", "/api/erasures", [Admin],
            Body: """{"by":"file","file_id":"{file}","reason":"attack","dry_run":true}"""),
        new("POST", "/api/erasures", [Admin],
            Body: """{"by":"source","source_id":"{source}","reason":"attack","dry_run":true}"""),
        new("GET", "/api/erasures", [Admin], "/api/erasures?after={erasure}"),
        new("GET", "/api/erasures/keys", [Admin]),
        new("POST", "/api/erasures/verify", [Admin], Body: """{"jws":"attack"}"""),
        new("GET", "/api/erasures/{id}", [Admin], "/api/erasures/{erasure}"),
        new("GET", "/api/erasures/{id}/items", [Admin], "/api/erasures/{erasure}/items"),
        new("GET", "/api/erasures/{id}/receipt", [Admin], "/api/erasures/{erasure}/receipt"),
        new("POST", "/api/erasures/{id}/retry", [Admin], "/api/erasures/{erasure}/retry"),
        new("POST", "/api/legal-holds", [Admin],
            Body: """{"subject":"source","source_id":"{source}","reason":"attack"}"""),
        new("GET", "/api/legal-holds", [Admin], "/api/legal-holds?after={hold}"),
        new("GET", "/api/retention", [Admin]),
        new("PUT", "/api/retention", [Admin], Body: """{"answers_days":36500}"""),

        new("POST", "/api/sources", [Admin], Body: _newSource),
        new("GET", "/api/sources", [Admin], "/api/sources?after={source}"),
        new("GET", "/api/sources/{id}", [Admin], "/api/sources/{source}"),
        new("POST", "/api/sources/{id}", [Admin], "/api/sources/{source}", """{"time_zone":"UTC"}"""),
        new("GET", "/api/sources/{id}/items", [Admin], "/api/sources/{source}/items"),
        new("GET", "/api/sources/{id}/runs", [Admin], "/api/sources/{source}/runs?after={sync}"),
        new("GET", "/api/sources/{id}/runs/{runId}", [Admin], "/api/sources/{source}/runs/{sync}"),
        new("POST", "/api/sources/{id}/runs/{runId}/cancel", [Admin], "/api/sources/{source}/runs/{sync}/cancel"),
        new("POST", "/api/sources/{id}/runs", [Admin], "/api/sources/{source}/runs", """{"dry_run":true}"""),

        new("POST", "/v1/embeddings", [EmbeddingsWrite], Body: """{"model":"default","input":"x"}"""),
        new("POST", "/v1/vector_stores", [VectorStoresWrite], Body: """{"name":"attack"}"""),
        new("POST", "/v1/vector_stores", [VectorStoresWrite, FilesRead], Body: """{"file_ids":["{file}"]}"""),
        new("GET", "/v1/vector_stores", [VectorStoresRead], "/v1/vector_stores?after={store}"),
        new("GET", "/v1/vector_stores/{id}", [VectorStoresRead], "/v1/vector_stores/{store}"),
        new("POST", "/v1/vector_stores/{id}", [VectorStoresWrite], "/v1/vector_stores/{store}",
            """{"name":"attack"}"""),
        new("POST", "/v1/vector_stores/{id}/search", [VectorStoresRead], "/v1/vector_stores/{store}/search",
            """{"query":"secret"}"""),
        new("GET", "/v1/vector_stores/{id}/files", [VectorStoresRead], "/v1/vector_stores/{store}/files?after={file}"),
        new("POST", "/v1/vector_stores/{id}/files", [VectorStoresWrite, FilesRead], "/v1/vector_stores/{store}/files",
            """{"file_id":"{file}"}"""),
        new("GET", "/v1/vector_stores/{id}/files/{fileId}", [VectorStoresRead],
            "/v1/vector_stores/{store}/files/{file}"),
        new("POST", "/v1/vector_stores/{id}/files/{fileId}", [VectorStoresWrite],
            "/v1/vector_stores/{store}/files/{file}", """{"attributes":{"team":"attack"}}"""),
        new("GET", "/v1/vector_stores/{id}/files/{fileId}/content", [VectorStoresRead],
            "/v1/vector_stores/{store}/files/{file}/content"),
        new("GET", "/api/vector_stores/{id}/files/{fileId}/chunks", [VectorStoresRead],
            "/api/vector_stores/{store}/files/{file}/chunks"),
        new("GET", "/api/vector_stores/{id}/contents", [VectorStoresRead], "/api/vector_stores/{store}/contents"),
        new("GET", "/api/vector_stores/{id}/retention", [VectorStoresRead], "/api/vector_stores/{store}/retention"),
        new("PUT", "/api/vector_stores/{id}/retention", [Admin], "/api/vector_stores/{store}/retention",
            """{"superseded_days":1}"""),
        new("GET", "/api/vector_stores/{id}/rollbacks", [VectorStoresRead], "/api/vector_stores/{store}/rollbacks"),
        new("GET", "/api/vector_stores/{id}/snapshots", [VectorStoresRead],
            "/api/vector_stores/{store}/snapshots?after={snapshot}"),
        new("GET", "/api/vector_stores/{id}/snapshots/diff", [VectorStoresRead],
            "/api/vector_stores/{store}/snapshots/diff?from={snapshot}&to=now"),
        new("POST", "/api/vector_stores/{id}/snapshots", [VectorStoresWrite],
            "/api/vector_stores/{store}/snapshots", """{"name":"attack"}"""),
        new("GET", "/v1/vector_stores/{id}", [VectorStoresRead], "/v1/vector_stores/{snapshot}"),
        new("GET", "/api/vector_stores/{id}/privacy", [VectorStoresRead], "/api/vector_stores/{store}/privacy"),
        new("PUT", "/api/vector_stores/{id}/privacy", [Admin], "/api/vector_stores/{store}/privacy",
            Body: """{"default":"report"}"""),
        new("POST", "/api/pseudonyms/reveal", [PrivacyReveal], Body: """{"stand_ins":["K7QK2M8R"],"reason":"x"}"""),
        new("GET", "/api/pseudonyms/reveals", [Admin]),
        new("GET", "/api/vector_stores/{id}/synonyms", [VectorStoresRead], "/api/vector_stores/{store}/synonyms"),
        new("PUT", "/api/vector_stores/{id}/synonyms", [Admin], "/api/vector_stores/{store}/synonyms",
            """{"everyday": false}"""),
        new("GET", "/api/vector_stores/{id}/quality", [VectorStoresRead], "/api/vector_stores/{store}/quality"),
        new("GET", "/api/vector_stores/{id}/quality/runs", [VectorStoresRead],
            "/api/vector_stores/{store}/quality/runs"),
        new("GET", "/api/vector_stores/{id}/quality/runs/{runId}", [VectorStoresRead],
            "/api/vector_stores/{store}/quality/runs/{judging}"),
        new("GET", "/api/vector_stores/{id}/quality/score", [VectorStoresRead],
            "/api/vector_stores/{store}/quality/score"),
        new("GET", "/api/vector_stores/{id}/quality/near_duplicates", [VectorStoresRead],
            "/api/vector_stores/{store}/quality/near_duplicates"),
        new("PUT", "/api/vector_stores/{id}/quality", [Admin], "/api/vector_stores/{store}/quality",
            Body: """{"near_duplicates":"keep"}"""),
        new("POST", "/api/vector_stores/{id}/quality/runs/{runId}/release", [Admin],
            "/api/vector_stores/{store}/quality/runs/{judging}/release",
            """{"reason":"x"}"""),
        new("POST", "/api/vector_stores/{id}/read_again", [VectorStoresWrite, FilesRead],
            "/api/vector_stores/{store}/read_again", """{"files":"outdated"}"""),
        new("POST", "/v1/vector_stores/{id}/file_batches", [VectorStoresWrite, FilesRead],
            "/v1/vector_stores/{store}/file_batches", """{"file_ids":["{file}"]}"""),
        new("GET", "/v1/vector_stores/{id}/file_batches/{batchId}", [VectorStoresRead],
            "/v1/vector_stores/{store}/file_batches/{batch}"),
        new("GET", "/v1/vector_stores/{id}/file_batches/{batchId}/files", [VectorStoresRead],
            "/v1/vector_stores/{store}/file_batches/{batch}/files"),

        new("POST", "/v1/responses", [ChatWrite], Body: """{"model":"default","input":"x"}"""),
        new("POST", "/v1/responses", [ChatWrite, VectorStoresRead], Body: Search),
        new("POST", "/v1/responses", [ChatWrite, VectorStoresRead],
            Body: """{"model":"default","input":"x","previous_response_id":"{response}"}"""),
        new("GET", "/v1/responses/{id}", [ChatWrite, VectorStoresRead], "/v1/responses/{response}"),
        new("GET", "/v1/responses/{id}/input_items", [ChatWrite, VectorStoresRead],
            "/v1/responses/{response}/input_items"),
        new("GET", "/v1/responses/{id}", [ChatWrite, VectorStoresRead],
            "/v1/responses/{background}?stream=true&starting_after=0"),
        new("POST", "/v1/responses/{id}/cancel", [ChatWrite, VectorStoresRead], "/v1/responses/{background}/cancel"),
        new("POST", "/v1/responses/compact", [ChatWrite, VectorStoresRead],
            Body: """{"model":"default","input":"x","previous_response_id":"{response}"}"""),
        new("POST", "/v1/responses/input_tokens", [ChatWrite, VectorStoresRead],
            Body: """{"model":"default","input":"x","previous_response_id":"{response}"}"""),
        new("POST", "/v1/responses", [ChatWrite],
            Body: """{"model":"default","input":[{"role":"user","content":"x"},{"id":"{said}"}]}"""),
        new("POST", "/v1/responses", [ChatWrite],
            Body: """{"model":"default","input":"x","conversation":"{conversation}"}"""),
        new("POST", "/v1/responses", [ChatWrite, VectorStoresRead],
            Body: """{"model":"default","input":[{"role":"user","content":"x"},{"id":"{answered}"}]}"""),
        new("POST", "/v1/conversations", [ChatWrite], Body: """{"metadata":{"a":"b"}}"""),
        new("POST", "/v1/conversations", [ChatWrite, VectorStoresRead], Body: """{"items":[{"id":"{answered}"}]}"""),
        new("GET", "/v1/conversations/{id}", [ChatWrite], "/v1/conversations/{conversation}"),
        new("POST", "/v1/conversations/{id}", [ChatWrite], "/v1/conversations/{conversation}",
            """{"metadata":{"a":"attack"}}"""),
        new("POST", "/v1/conversations/{id}/items", [ChatWrite], "/v1/conversations/{conversation}/items",
            """{"items":[{"role":"user","content":"attack"}]}"""),
        new("POST", "/v1/conversations/{id}/items", [ChatWrite, VectorStoresRead],
            "/v1/conversations/{empty}/items", """{"items":[{"id":"{answered}"}]}"""),
        new("GET", "/v1/conversations/{id}/items", [ChatWrite], "/v1/conversations/{conversation}/items"),
        new("GET", "/v1/conversations/{id}/items/{itemId}", [ChatWrite],
            "/v1/conversations/{conversation}/items/{said}"),
        new("GET", "/api/conversations", [Admin], "/api/conversations?after={conversation}"),
        new("GET", "/api/conversations/{id}", [Admin], "/api/conversations/{conversation}"),
        new("GET", "/api/conversations/{id}", [Admin], "/api/conversations/{response}"),
        new("POST", "/v1/chat/completions", [ChatWrite],
            Body: """{"model":"default","messages":[{"role":"user","content":"x"}]}"""),
        new("POST", "/v1/chat/completions", [ChatWrite, VectorStoresRead], Body:
            """{"model":"default","messages":[{"role":"user","content":"x"}],"vector_store_ids":["{store}"]}"""),
        new("GET", "/v1/chat/completions", [ChatWrite], "/v1/chat/completions?after={chat}"),
        new("GET", "/v1/chat/completions/{id}", [ChatWrite, VectorStoresRead], "/v1/chat/completions/{chat}"),
        new("GET", "/v1/chat/completions/{id}/messages", [ChatWrite, VectorStoresRead],
            "/v1/chat/completions/{chat}/messages"),
        new("POST", "/v1/chat/completions/{id}", [ChatWrite, VectorStoresRead], "/v1/chat/completions/{chat}",
            """{"metadata":{"a":"attack"}}"""),
        new("POST", "/v1/completions", [ChatWrite], Body: """{"model":"default","prompt":"x"}"""),
        new("POST", "/v1/completions", [ChatWrite, VectorStoresRead],
            Body: """{"model":"default","prompt":"x","vector_store_ids":["{store}"]}"""),
        new("POST", "/v1/messages", [ChatWrite],
            Body: """{"model":"default","max_tokens":9,"messages":[{"role":"user","content":"x"}]}"""),
        new("POST", "/v1/messages", [ChatWrite, VectorStoresRead], Body:
            """
            {"model":"default","max_tokens":9,"messages":[{"role":"user","content":"x"}],
             "vector_store_ids":["{store}"]}
            """),
        new("POST", "/v1/messages/count_tokens", [ChatWrite],
            Body: """{"model":"default","messages":[{"role":"user","content":"x"}]}"""),
        new("POST", "/v1/moderations", [ChatWrite], Body: """{"input":"x"}"""),
        new("POST", "/v1/batches", [ChatWrite, FilesRead, FilesWrite], Body:
            """{"input_file_id":"{file}","endpoint":"/v1/responses","completion_window":"24h"}"""),
        new("GET", "/v1/batches", [ChatWrite], "/v1/batches?after={lot}"),
        new("GET", "/v1/batches/{id}", [ChatWrite], "/v1/batches/{lot}"),
        new("GET", "/v1/models", [ModelsRead]),
        new("GET", "/v1/models/{id}", [ModelsRead], "/v1/models/default"),
        new("GET", "/api/models", [ModelsRead]),
        new("GET", "/api/models/registry", [ModelsRead]),
        new("GET", "/api/prompts", [ModelsRead]),
        new("GET", "/api/prompts/{name}/versions", [ModelsRead], "/api/prompts/{prompt}/versions"),
        new("GET", "/api/prompts/{name}/versions/{version}", [ModelsRead], "/api/prompts/{prompt}/versions/1"),
        new("GET", "/api/prompts/{name}/diff", [ModelsRead], "/api/prompts/{prompt}/diff?from=1&to=1"),
        new("POST", "/api/prompts/{name}/versions", [ModelsWrite], "/api/prompts/attack/versions",
            """{"text":"attack"}"""),
        new("POST", "/api/prompts/{name}/labels/{label}", [ModelsWrite], "/api/prompts/{prompt}/labels/attack",
            """{"number":1}"""),
        new("POST", "/v1/responses", [ChatWrite],
            Body: """{"model":"default","input":"x","prompt":{"id":"{prompt}","version":"1"}}"""),
        new("POST", "/api/models/{model}/versions", [ModelsWrite], "/api/models/attack/versions",
            """{"targets":[{"engine":"extractive"}]}"""),
        new("GET", "/api/models/{model}/versions", [ModelsRead], "/api/models/{model}/versions"),
        new("GET", "/api/models/{model}/versions/{number:int}", [ModelsRead], "/api/models/{model}/versions/1"),
        new("GET", "/api/models/{alias}/history", [ModelsRead], "/api/models/{alias}/history"),
        new("POST", "/api/models/{alias}/promote", [ModelsWrite], "/api/models/attack/promote",
            """{"version":"{version}","reason":"attack"}"""),
        new("POST", "/v1/responses", [ChatWrite], Body: """{"model":"{alias}","input":"x"}"""),
        new("POST", "/v1/responses", [ChatWrite], Body: """{"model":"{version}","input":"x"}"""),
        new("GET", "/api/usage", [UsageRead],
            "/api/usage?start_time=1&bucket_width=all&group_by=api_key_id&group_by=vector_store_id"),

        new("POST", "/api/budgets", [Admin], Body: KeyBudget),
        new("GET", "/api/budgets", [Admin], "/api/budgets?after={budget}"),
        new("POST", "/api/budgets/reconcile", [Admin], Body: "{}"),
        new("GET", "/api/budgets/{id}", [Admin], "/api/budgets/{budget}"),
        new("POST", "/api/budgets/{id}", [Admin], "/api/budgets/{budget}", """{"name":"attack"}"""),
        new("POST", "/api/budgets/{id}/increase", [Admin], "/api/budgets/{budget}/increase",
            """{"amount":2000000,"ends_at":"2099-01-01T00:00:00Z"}"""),
        new("GET", "/api/cache", [Admin]),
        new("PUT", "/api/cache", [Admin], Body: """{"max_age_seconds":0}"""),
        new("DELETE", "/api/cache", [Admin]),
        new("GET", "/api/guards", [Admin]),
        new("PUT", "/api/guards", [Admin], Body: """{"pii":{"input":"off"}}"""),
        new("POST", "/api/guards/try", [Admin], Body: """{"text":"attack"}"""),
        new("GET", "/api/guards/findings", [Admin]),
        new("POST", "/api/mcp-servers", [Admin], Body: """{"label":"{new}","url":"https://mcp.example/mcp"}"""),
        new("GET", "/api/mcp-servers", [Admin], "/api/mcp-servers?after={tools}"),
        new("GET", "/api/mcp-servers/{id}", [Admin], "/api/mcp-servers/{tools}"),
        new("POST", "/api/mcp-servers/{id}", [Admin], "/api/mcp-servers/{tools}", """{"description":"attack"}"""),
        new("POST", "/mcp", [VectorStoresRead], Body: Call("list_stores", "{}")),
        new("POST", "/mcp", [VectorStoresRead],
            Body: Call("search", """{"query":"x","vector_store_ids":["{store}"]}""")),
        new("POST", "/mcp", [ChatWrite, VectorStoresRead],
            Body: Call("ask", """{"question":"What is it?","vector_store_ids":["{store}"]}""")),
        new("POST", "/mcp", [ChatWrite, VectorStoresRead], Body: Call(
            "ask", """{"question":"x","vector_store_ids":["{store}"],"previous_response_id":"{response}"}""")),
        new("POST", "/mcp", [FilesRead], Body: Call("list_files", "{}")),
        new("POST", "/mcp", [FilesRead], Body: Call("get_file", """{"file_id":"{file}"}""")),

        new("POST", "/v1/evals", [EvalsWrite], Body: Eval),
        new("GET", "/v1/evals", [EvalsRead], "/v1/evals?after={eval}"),
        new("GET", "/v1/evals/{evalId}", [EvalsRead], "/v1/evals/{eval}"),
        new("POST", "/v1/evals/{evalId}", [EvalsWrite], "/v1/evals/{eval}", """{"name":"attack"}"""),
        new("POST", "/v1/evals/{evalId}/runs", [EvalsWrite, ChatWrite, VectorStoresRead], "/v1/evals/{eval}/runs",
            RunOver(Items)),
        new("POST", "/v1/evals/{evalId}/runs", [EvalsWrite, ChatWrite, VectorStoresRead, FilesRead],
            "/v1/evals/{eval}/runs", RunOver("""{"type":"file_id","id":"{questions}"}""")),
        new("GET", "/v1/evals/{evalId}/runs", [EvalsRead], "/v1/evals/{eval}/runs?after={run}"),
        new("GET", "/v1/evals/{evalId}/runs/{runId}", [EvalsRead], "/v1/evals/{eval}/runs/{run}"),
        new("GET", "/v1/evals/{evalId}/runs/{runId}/output_items", [EvalsRead, VectorStoresRead],
            "/v1/evals/{eval}/runs/{run}/output_items"),
        new("GET", "/v1/evals/{evalId}/runs/{runId}/output_items/{itemId}", [EvalsRead, VectorStoresRead],
            "/v1/evals/{eval}/runs/{run}/output_items/{item}"),
        new("GET", "/api/evals/compare", [EvalsRead], "/api/evals/compare?baseline={run}&candidate={run}"),
        new("POST", "/api/feedback", [FeedbackWrite], Body: """{"response_id":"{response}","verdict":"down"}"""),
        new("GET", "/api/feedback", [FeedbackRead], "/api/feedback?response_id={response}"),
        new("GET", "/api/feedback/counts", [FeedbackRead], "/api/feedback/counts?response_id={response}"),
        new("GET", "/api/feedback/{feedbackId}", [FeedbackRead], "/api/feedback/{feedback}"),
        new("GET", "/api/alerts", [UsageRead]),
        new("GET", "/api/work", [UsageRead]),

        new("POST", "/api/models/{alias}/shadow", [ModelsWrite], "/api/models/{alias}/shadow",
            """{"percent":0,"reason":"attack"}"""),
        new("POST", "/api/models/{alias}/rollback", [ModelsWrite], "/api/models/{alias}/rollback",
            """{"reason":"attack"}"""),
        new("DELETE", "/api/models/{alias}", [ModelsWrite], "/api/models/{alias}?reason=attack"),
        new("POST", "/api/legal-holds/{id}/release", [Admin], "/api/legal-holds/{hold}/release",
            """{"reason":"attack"}"""),
        new("DELETE", "/api/budgets/{id}", [Admin], "/api/budgets/{budget}"),
        new("DELETE", "/api/sources/{id}", [Admin], "/api/sources/{source}"),
        new("DELETE", "/api/mcp-servers/{id}", [Admin], "/api/mcp-servers/{tools}"),
        new("DELETE", "/api/feedback/{feedbackId}", [FeedbackWrite], "/api/feedback/{feedback}"),
        new("POST", "/v1/evals/{evalId}/runs/{runId}", [EvalsWrite], "/v1/evals/{eval}/runs/{run}"),
        new("DELETE", "/v1/evals/{evalId}/runs/{runId}", [EvalsWrite], "/v1/evals/{eval}/runs/{run}"),
        new("DELETE", "/v1/evals/{evalId}", [EvalsWrite], "/v1/evals/{eval}"),
        new("POST", "/v1/batches/{id}/cancel", [ChatWrite], "/v1/batches/{lot}/cancel"),
        new("DELETE", "/v1/conversations/{id}/items/{itemId}", [ChatWrite],
            "/v1/conversations/{conversation}/items/{said}"),
        new("DELETE", "/api/conversations/{id}", [Admin], "/api/conversations/{empty}"),
        new("DELETE", "/v1/conversations/{id}", [ChatWrite], "/v1/conversations/{conversation}"),
        new("DELETE", "/v1/chat/completions/{id}", [ChatWrite], "/v1/chat/completions/{chat}"),
        new("DELETE", "/v1/responses/{id}", [ChatWrite], "/v1/responses/{response}"),
        new("POST", "/v1/vector_stores/{id}/file_batches/{batchId}/cancel", [VectorStoresWrite],
            "/v1/vector_stores/{store}/file_batches/{batch}/cancel"),
        new("POST", "/api/vector_stores/{id}/reprocess", [VectorStoresWrite, FilesRead],
            "/api/vector_stores/{store}/reprocess", """{"chunking_strategy":{"type":"auto"}}"""),
        new("GET", "/api/vector_stores/{id}/reprocess", [VectorStoresRead], "/api/vector_stores/{store}/reprocess"),
        new("DELETE", "/api/vector_stores/{id}/reprocess", [VectorStoresWrite],
            "/api/vector_stores/{store}/reprocess"),
        new("POST", "/api/vector_stores/{id}/rollback", [Admin], "/api/vector_stores/{store}/rollback",
            """{"snapshot_id":"{snapshot}","reason":"attack"}"""),
        new("DELETE", "/api/vector_stores/{id}/snapshots/{snapshotId}", [VectorStoresWrite],
            "/api/vector_stores/{store}/snapshots/{snapshot}"),
        new("DELETE", "/v1/vector_stores/{id}/files/{fileId}", [VectorStoresWrite],
            "/v1/vector_stores/{store}/files/{file}"),
        new("DELETE", "/v1/vector_stores/{id}", [VectorStoresWrite], "/v1/vector_stores/{store}"),
        new("DELETE", "/v1/files/{id}", [FilesWrite], "/v1/files/{file}"),
        new("POST", "/api/keys/{id}/rotate", [Admin], "/api/keys/{key}/rotate", "{}"),
        new("DELETE", "/api/keys/{id}", [Admin], "/api/keys/{key}"),
    ];

    /// <summary>The request's path, with the kinds of what it names.</summary>
    public string Request => Path ?? Pattern;

    /// <summary>Where what it names stands, in order: a kind may stand in two places.</summary>
    public IReadOnlyList<string> Kinds =>
        [.. Kind().Matches($"{Request} {Body}").Select(match => match.Groups[1].Value)];

    /// <summary>
    /// Whether an id of another project gives an answer without anything of it, rather than a refusal: a cursor or a
    /// filter of a list.
    /// </summary>
    public bool Filters => Request.Contains("?after=", StringComparison.Ordinal)
        || Request.Contains("?response_id=", StringComparison.Ordinal);

    /// <summary>Writes ids in the place of kinds, one after the other.</summary>
    public (string Path, string? Body) Fill(IEnumerable<string> ids)
    {
        var next = new Queue<string>(ids);
        var path = Kind().Replace(Request, _ => next.Dequeue());
        return (path, Body is null ? null : Kind().Replace(Body, _ => next.Dequeue()));
    }

    private static string Call(string tool, string arguments) =>
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"TOOL","arguments":ARGUMENTS}}"""
            .Replace("TOOL", tool, StringComparison.Ordinal)
            .Replace("ARGUMENTS", arguments, StringComparison.Ordinal);

    private static string RunOver(string source) =>
        """
        {"data_source":{"type":"responses","model":"default","source":SOURCE,"sampling_params":{"tools":
         [{"type":"file_search","vector_store_ids":["{store}"]}]}}}
        """.Replace("SOURCE", source, StringComparison.Ordinal);

    // Not a brace of JSON, behind which is a quote or another brace.
    [GeneratedRegex("\\{([a-z]+)\\}")]
    private static partial Regex Kind();
}
