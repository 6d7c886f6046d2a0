-- How a revision was made, for other services.
create view ingest.published_revision with (security_barrier) as
    select r.id, r.project_id, r.file_id, r.pipeline, r.max_chunk_tokens, r.overlap_tokens, f.sha256
    from ingest.revision r
    join ingest.file f on f.id = r.file_id
    where r.project_id = (select ops.current_project()) and f.deleted_at is null;
