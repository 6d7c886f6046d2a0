-- Whom a file in a store is for; null: everybody who may search, and an empty list: nobody.
alter table retrieval.store_file
    add column principals text[],
    add constraint few_principals check (cardinality(principals) <= 200);

-- Whether a file is in a store for others only: some store has it, and none has it for everybody or one of these principals.
create function retrieval.is_for_others(file uuid, principals text[]) returns boolean
    language sql stable as $$
    select coalesce(bool_and(not (coalesce(f.principals && is_for_others.principals, true))), false)
    from retrieval.store_file f
    where f.file_id = is_for_others.file and f.removed_at is null
$$;

-- Files that are in a store, and for whom, so that Ingest gives no more of a file to a person than search does.
create view retrieval.published_store_file with (security_barrier) as
    select project_id, file_id, principals
    from retrieval.store_file
    where project_id = (select ops.current_project()) and removed_at is null;
