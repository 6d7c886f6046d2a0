alter table retrieval.vector_store
    -- For how many days a version of a document stays that a source replaced or removed.
    add column superseded_days int not null default 30 check (superseded_days between 0 and 3650);

alter table retrieval.store_file
    -- When a rollback put it there: a file that was superseded before is found all the same.
    add column restored_at timestamptz;

-- As before, and how long old versions stay.
create or replace view retrieval.published_vector_store with (security_barrier) as
    select id, project_id, name,
           case when coalesce(retrieval.expires_at(store) > now(), true) then version end as version,
           snapshot_of, superseded_days
    from retrieval.vector_store store
    where project_id = (select ops.current_project());

-- As before, whether a snapshot has it, and since when it is there.
create or replace view retrieval.published_store_file with (security_barrier) as
    select project_id, file_id, principals, vector_store_id, revision_id, embedder, version, state,
           exists (
               select from retrieval.vector_store s
               where s.id = vector_store_id and s.snapshot_of is not null) as is_snapshot,
           greatest(created_at, restored_at) as put_at
    from retrieval.store_file
    where project_id = (select ops.current_project()) and removed_at is null;

-- Whether a file was put after this moment into a store that is no snapshot.
create function retrieval.is_put_after(file uuid, moment timestamptz) returns boolean
    language sql stable as $$
    select exists (
        select
        from retrieval.published_store_file f
        where f.file_id = is_put_after.file and not f.is_snapshot and f.put_at > is_put_after.moment)
$$;

-- Whether a file is in a store or a snapshot.
create function retrieval.is_held(file uuid) returns boolean
    language sql stable as $$
    select exists (select from retrieval.published_store_file f where f.file_id = is_held.file)
$$;
