-- What stands in a file's text, as its store gives it, in the place of values; written as the file is indexed. A row a file: what one
-- file alone told goes with it, and two that tell the same do not wait for each other.
create table retrieval.pseudonym (
    vector_store_id uuid  not null,
    file_id         uuid  not null,
    stand_in        text  not null,
    -- What the value is known by: an HMAC of it, by the project's key.
    tag             bytea not null,
    project_id      uuid  not null,
    kind            text  not null,
    -- The value as it was written; it opens with the secret that the services share.
    sealed          bytea not null,

    primary key (vector_store_id, file_id, stand_in, tag),
    foreign key (vector_store_id, file_id) references retrieval.store_file on delete cascade
);
-- Serves whoever reveals them.
create index pseudonym_by_stand_in on retrieval.pseudonym (project_id, stand_in);
-- Serves the erasure of a value.
create index pseudonym_by_tag on retrieval.pseudonym (project_id, tag);

-- However a file leaves its store, what stood in its text goes.
create function retrieval.forget_pseudonyms() returns trigger
    language plpgsql set search_path = pg_catalog as $$
begin
    delete from retrieval.pseudonym where vector_store_id = new.vector_store_id and file_id = new.file_id;
    return null;
end
$$;
create trigger forget_pseudonyms
    after update of removed_at, state on retrieval.store_file
    for each row when (new.removed_at is not null or new.state in ('failed', 'cancelled'))
    execute function retrieval.forget_pseudonyms();

-- Who had values shown, when and why, and what stood for them; never the values.
create table retrieval.reveal (
    id         uuid        primary key,
    project_id uuid        not null,
    key_id     uuid,
    -- For whom the key asked, as its request said.
    principals text[],
    reason     text        not null check (length(reason) between 1 and 1000),
    -- How many were asked for; those that stand for something are named.
    asked      int         not null,
    stand_ins  text[]      not null,
    created_at timestamptz not null
);
create index reveal_of_project on retrieval.reveal (project_id, id);

create function retrieval.refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception 'retrieval.reveal is only added to';
end
$$;
create trigger only_added_to before update or delete on retrieval.reveal
    for each row execute function retrieval.refuse_change();

call ops.isolate('retrieval.pseudonym');
call ops.isolate('retrieval.reveal');
