-- A snapshot is a store that never changes, and belongs to the store that it is of: search reads it like any other.
alter table retrieval.vector_store
    add column snapshot_of uuid references retrieval.vector_store on delete cascade,
    -- What it was made for. In one that is reprocessing, what is to take the store's place is still being made.
    add column snapshot_kind text check (snapshot_kind in ('made', 'before_rollback', 'before_reprocess', 'reprocessing')),
    -- What the store held as it was made: its version and how many files. Files that were deleted since are gone here, too.
    add column snapshot_version bigint,
    add column snapshot_files int,
    add constraint snapshot_says_of_what check (
        (snapshot_of is null) = (snapshot_kind is null)
        and (snapshot_of is null) = (snapshot_version is null)
        and (snapshot_of is null) = (snapshot_files is null));

-- Serves the list of a store's snapshots.
create index snapshot_by_store on retrieval.vector_store (snapshot_of, id) where snapshot_of is not null;
-- A store is reprocessed once at a time.
create unique index one_reprocessing_at_a_time on retrieval.vector_store (snapshot_of) where snapshot_kind = 'reprocessing';

-- As before, and what it is a snapshot of.
create or replace view retrieval.published_vector_store with (security_barrier) as
    select id, project_id, name,
           case when coalesce(retrieval.expires_at(store) > now(), true) then version end as version,
           snapshot_of
    from retrieval.vector_store store
    where project_id = (select ops.current_project());

-- Whom a file is for counts in snapshots as in their store: who may not see it any more does not find it there either. So it is
-- for a file that comes, comes back, or changes; only snapshots that have it are touched.
create function retrieval.share_principals() returns trigger
    language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if not exists (
            select
            from touched n
            join before o on o.vector_store_id = n.vector_store_id and o.file_id = n.file_id
            where n.removed_at is null and (o.removed_at is not null or n.principals is distinct from o.principals))
        then
            return null;
        end if;
    end if;

    with changed as (
        select f.vector_store_id, f.file_id, n.principals
        from touched n
        join retrieval.vector_store s on s.snapshot_of = n.vector_store_id
        join retrieval.store_file f on f.vector_store_id = s.id and f.file_id = n.file_id
        where n.removed_at is null and f.removed_at is null and n.principals is distinct from f.principals
    ), counted as (
        update retrieval.vector_store s
        set version = s.version + 1
        where s.id in (
            select id
            from retrieval.vector_store
            where id in (select vector_store_id from changed)
            order by id
            for no key update)
        returning s.id, s.version
    )
    update retrieval.store_file f
    set principals = changed.principals, version = counted.version
    from changed
    join counted on counted.id = changed.vector_store_id
    where f.vector_store_id = changed.vector_store_id and f.file_id = changed.file_id;
    return null;
end
$$;

create trigger share_principals_changed after update on retrieval.store_file
    referencing old table as before new table as touched
    for each statement execute function retrieval.share_principals();
create trigger share_principals_added after insert on retrieval.store_file
    referencing new table as touched
    for each statement execute function retrieval.share_principals();

-- What files of a store replace is, in its snapshots, for those alone whom both are for: as PutSourceFileHandler has it in the store.
create function retrieval.narrow_snapshots(store uuid, files uuid[]) returns void
    language sql as $$
    with newer as (
        select old.file_id, n.principals
        from retrieval.store_file n
        cross join unnest(n.replaces) as old (file_id)
        where n.vector_store_id = narrow_snapshots.store and n.removed_at is null and n.principals is not null
          and n.file_id = any(narrow_snapshots.files)
    ), narrowed as (
        select f.vector_store_id, f.file_id, array(
            select p
            from unnest(coalesce(f.principals, (
                select one.principals from newer one where one.file_id = f.file_id limit 1))) as p
            where not exists (
                select from newer other where other.file_id = f.file_id and not p = any(other.principals))
            order by p collate "C") as principals, f.principals as before
        from retrieval.vector_store s
        join retrieval.store_file f on f.vector_store_id = s.id
        where s.snapshot_of = narrow_snapshots.store and f.removed_at is null
          and f.file_id in (select file_id from newer)
    ), counted as (
        update retrieval.vector_store s
        set version = s.version + 1
        where s.id in (
            select id
            from retrieval.vector_store
            where id in (select vector_store_id from narrowed where principals is distinct from before)
            order by id
            for no key update)
        returning s.id, s.version
    )
    update retrieval.store_file f
    set principals = narrowed.principals, version = counted.version
    from narrowed
    join counted on counted.id = narrowed.vector_store_id
    where f.vector_store_id = narrowed.vector_store_id and f.file_id = narrowed.file_id
      and narrowed.principals is distinct from narrowed.before
$$;

-- Who had a store hold what it held at a snapshot, and why. The snapshots may be gone since.
create table retrieval.rollback (
    id              uuid        primary key,
    project_id      uuid        not null,
    vector_store_id uuid        not null references retrieval.vector_store on delete cascade,
    snapshot_id     uuid        not null,
    -- The snapshot of what it held until then.
    kept_as         uuid        not null,
    version         bigint      not null,
    reason          text        not null,
    created_at      timestamptz not null,
    created_by      uuid
);
create index rollback_by_store on retrieval.rollback (vector_store_id, id);

call ops.isolate('retrieval.rollback');

-- What two stores have different of the files that can be found and are in sight.
create function retrieval.store_diff(before_store uuid, after_store uuid, of_all boolean, seen text[])
    returns table (file_id uuid, change text, before_revision uuid, after_revision uuid)
    language sql stable as $$
    with found as (
        select f.vector_store_id, f.file_id, f.revision_id, f.document_attributes || f.attributes as attributes
        from retrieval.store_file f
        where f.vector_store_id in (before_store, after_store) and f.state = 'completed' and f.removed_at is null
          and (of_all or f.principals is null or f.principals && seen)
    )
    select file_id,
           case when b.revision_id is null then 'added'
                when a.revision_id is null then 'removed'
                when b.revision_id <> a.revision_id or b.attributes <> a.attributes then 'changed'
                else 'same' end,
           b.revision_id, a.revision_id
    from (select * from found where vector_store_id = before_store) b
    full join (select * from found where vector_store_id = after_store) a using (file_id)
$$;
