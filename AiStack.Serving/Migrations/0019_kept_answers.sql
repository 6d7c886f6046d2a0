-- How long a project's answers are kept to be given again; a project without a row keeps none.
create table serving.cache_policy (
    project_id uuid        primary key,
    max_age    interval    not null check (max_age between interval '1 second' and interval '7 days'),
    updated_at timestamptz not null,
    updated_by text        not null
);

-- Answers that are given again to the same request, as long as the stores are what they were.
create table serving.kept_answer (
    project_id uuid        not null,
    -- SHA-256 of all that the answer follows from besides the stores.
    key        bytea       not null check (length(key) = 32),
    -- The stores that were searched, each with its version before the search; '' where none was.
    stores     text        not null,
    -- The files that it shows words of.
    file_ids   uuid[]      not null,
    answer     jsonb       not null,
    created_at timestamptz not null,

    primary key (project_id, key)
);

create index kept_answer_by_age on serving.kept_answer (created_at);

call ops.isolate('serving.cache_policy');
call ops.isolate('serving.kept_answer');

-- Whether an answer was given again, and since when it was kept.
alter table serving.completion add column kept_since timestamptz;

create index completion_given_again on serving.completion (project_id, created_at) where kept_since is not null;

-- The stores as they are now: what a kept answer must agree with. One that has expired, or is gone, agrees with nothing.
create function serving.store_versions(stores uuid[]) returns text
    language sql stable as $$
    select coalesce(string_agg(id || ':' || coalesce(version, -1), ',' order by id), '')
    from retrieval.published_vector_store
    where id = any(stores)
$$;

-- Deletes what may not be given again: what is too old by its project's policy, or shows words of what has changed or gone.
create function serving.forget_answers(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    project uuid;
    forgotten bigint := 0;
    part bigint;
begin
    -- One process at a time, and a project keeps so many of its newest at most.
    if not pg_try_advisory_xact_lock(hashtextextended('serving.forget_answers', 0)) then
        return 0;
    end if;

    for project in select distinct project_id from serving.kept_answer loop
        -- What others publish is seen within a project.
        perform set_config('aistack.project_id', project::text, true);
        delete from serving.kept_answer kept
        where kept.project_id = project
          and (not exists (
                  select from serving.cache_policy policy
                  where policy.project_id = project and kept.created_at > now() - policy.max_age)
               or kept.stores <> serving.store_versions(
                  (select coalesce(array_agg(split_part(store, ':', 1)::uuid), '{}')
                   from unnest(string_to_array(kept.stores, ',')) as store))
               or (select count(*) from ingest.published_file f where f.id = any(kept.file_ids))
                  <> cardinality(kept.file_ids));
        get diagnostics part = row_count;
        forgotten := forgotten + part;
        delete from serving.kept_answer kept
        where kept.project_id = project
          and kept.key in (
              select key from serving.kept_answer
              where project_id = project
              order by created_at desc
              offset most);
        get diagnostics part = row_count;
        forgotten := forgotten + part;
    end loop;
    perform set_config('aistack.project_id', '', true);
    return forgotten;
end
$$;
revoke execute on function serving.forget_answers from public;
