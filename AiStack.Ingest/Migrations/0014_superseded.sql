-- What a source replaced or removed leaves search and the list at once. It stays to be read, for as long as its store says and as
-- a store or a snapshot holds it.
alter table ingest.file
    -- Versions of one document share the id of the first.
    add column line uuid,
    add column superseded_at timestamptz,
    -- The file that is found in its place; null where its document is gone.
    add column superseded_by uuid,
    -- The source that did it: when that is deleted with its files, this one is, too.
    add column superseded_source uuid,
    -- When it is looked at whether it may go.
    add column clear_at timestamptz,
    add constraint superseded_is_looked_at check ((superseded_at is null) = (clear_at is null)),
    add constraint superseded_by_says_when check (superseded_by is null or superseded_at is not null);

-- Serves the versions of a document.
create index file_by_line on ingest.file (line) where line is not null;
-- Serves the deletion of a source.
create index file_by_superseded_source on ingest.file (superseded_source) where superseded_source is not null;
-- Serves the sweep.
create index file_to_clear on ingest.file (clear_at) where clear_at is not null and deleted_at is null;

-- As before, and when it was superseded.
create or replace view ingest.published_file with (security_barrier) as
    select id, project_id, filename, media_type, size_bytes, sha256, created_at, superseded_at
    from ingest.file
    where project_id = (select ops.current_project()) and deleted_at is null;

-- Files that it is time to look at, whatever their project, those that wait for longest first.
create function ingest.files_to_clear(before timestamptz, max_rows int) returns table (project_id uuid, file_id uuid)
    language sql stable security definer set search_path = pg_catalog as $$
    select f.project_id, f.id
    from ingest.file f
    where f.clear_at <= files_to_clear.before and f.deleted_at is null
    order by f.clear_at
    limit max_rows
$$;
revoke execute on function ingest.files_to_clear from public;

-- Whether a file is not for those who ask for these principals: it is in stores for others only; or it is superseded and in none,
-- so that nobody says any more whom it is for.
create function ingest.is_for_others(file uuid, principals text[]) returns boolean
    language plpgsql stable as $$
begin
    return retrieval.is_for_others(file, principals) or exists (
        select
        from ingest.published_file f
        where f.id = is_for_others.file and f.superseded_at is not null and not retrieval.is_held(f.id));
end
$$;
