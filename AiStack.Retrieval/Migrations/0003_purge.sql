-- Rows of files that were detached go after a while. Who has an index in memory that is older than what went was not told of all
-- that was detached, and loads it anew.
alter table retrieval.vector_store add column purged_version bigint not null default 0;

-- Serves the removal.
create index store_file_removed on retrieval.store_file (removed_at) where removed_at is not null;

-- Deletes up to max_rows rows of files that were detached for so long, whatever their project, and returns how many.
create function retrieval.purge_detached(detached_for interval, max_rows int) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with old as (
        select vector_store_id, file_id
        from retrieval.store_file
        where removed_at < now() - detached_for
        order by removed_at
        limit max_rows
        for update skip locked
    ), gone as (
        delete from retrieval.store_file file
        using old
        where file.vector_store_id = old.vector_store_id and file.file_id = old.file_id
        returning file.vector_store_id, file.version
    ), noted as (
        update retrieval.vector_store store
        set purged_version = greatest(store.purged_version, of_store.version)
        from (select vector_store_id, max(version) as version from gone group by vector_store_id) of_store
        where store.id = of_store.vector_store_id
    )
    select count(*) from gone
$$;
revoke execute on function retrieval.purge_detached from public;
