-- The language that a passage is in, by ISO 639-1; null for those that were cut before it was looked at.
alter table ingest.chunk add column language text;
-- The head of the table that a passage is a part of, where the passage does not begin with it.
alter table ingest.chunk add column table_head text;

create or replace view ingest.published_chunk with (security_barrier) as
    select c.id, c.project_id, c.file_id, c.revision_id, c.ordinal, c.text, c.token_count, c.start_offset, c.end_offset,
           c.page, c.heading, c.language, c.table_head
    from ingest.chunk c
    join ingest.file f on f.id = c.file_id
    where c.project_id = (select ops.current_project()) and f.deleted_at is null;
