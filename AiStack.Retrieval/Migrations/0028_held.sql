-- When what a store holds last changed. Of two changes the later has the later time, whatever the clock does: it is set under the
-- row's lock.
alter table retrieval.vector_store add column changed_at timestamptz not null default clock_timestamp();

create function retrieval.set_changed_at() returns trigger
    language plpgsql as $$
begin
    new.changed_at = greatest(clock_timestamp(), old.changed_at + interval '1 microsecond');
    return new;
end
$$;

create trigger set_changed_at before update of version on retrieval.vector_store
    for each row when (new.version is distinct from old.version) execute function retrieval.set_changed_at();

-- What a store holds and held: a row for each span of time in which a file was found in it by one revision, with the same
-- attributes, for the same people. It stays when the file leaves the store, and when it is deleted; it goes with the store.
create table retrieval.held (
    vector_store_id uuid        not null references retrieval.vector_store on delete cascade,
    file_id         uuid        not null,
    valid_from      timestamptz not null,
    -- Null: to this day.
    valid_to        timestamptz,
    project_id      uuid        not null,
    revision_id     uuid        not null,
    -- SHA-256 of its attributes: whether they changed can be told, what they said cannot.
    attributes      bytea       not null,
    principals      text[],

    primary key (vector_store_id, file_id, valid_from),
    constraint ends_after_it_began check (valid_to >= valid_from)
);
-- Serves the removal of all that is known of a file.
create index held_by_file on retrieval.held (file_id);

call ops.isolate('retrieval.held');

create function retrieval.digest(attributes jsonb) returns bytea
    language sql immutable as $$
    select sha256(convert_to(attributes::text, 'UTF8'))
$$;

-- The time of a change that is being made: that of the store's new version in the transaction that makes one, so that all of it
-- is one moment.
create function retrieval.change_time(store uuid) returns timestamptz
    language sql stable as $$
    select case when s.xmin = pg_current_xact_id()::xid then s.changed_at else greatest(clock_timestamp(), s.changed_at) end
    from retrieval.vector_store s
    where s.id = change_time.store
$$;

create function retrieval.note_held() returns trigger
    language plpgsql as $$
begin
    update retrieval.held h
    set valid_to = greatest(h.valid_from, coalesce(retrieval.change_time(h.vector_store_id), clock_timestamp()))
    from (select distinct vector_store_id, file_id from touched) t
    where h.vector_store_id = t.vector_store_id and h.file_id = t.file_id and h.valid_to is null
      and not exists (
          select
          from retrieval.store_file f
          where f.vector_store_id = h.vector_store_id and f.file_id = h.file_id
            and f.state = 'completed' and f.removed_at is null and f.revision_id = h.revision_id
            and retrieval.digest(f.document_attributes || f.attributes) = h.attributes and f.principals is not distinct from h.principals);

    -- What was so at no moment: a transaction changed it twice.
    delete from retrieval.held h
    using (select distinct vector_store_id, file_id from touched) t
    where h.vector_store_id = t.vector_store_id and h.file_id = t.file_id and h.valid_to = h.valid_from;

    insert into retrieval.held (
        vector_store_id, file_id, valid_from, project_id, revision_id, attributes, principals)
    select f.vector_store_id, f.file_id, retrieval.change_time(f.vector_store_id), f.project_id, f.revision_id,
           retrieval.digest(f.document_attributes || f.attributes), f.principals
    from (select distinct vector_store_id, file_id from touched) t
    join retrieval.store_file f on f.vector_store_id = t.vector_store_id and f.file_id = t.file_id
    join retrieval.vector_store s on s.id = f.vector_store_id and s.snapshot_of is null
    where f.state = 'completed' and f.removed_at is null
      and not exists (
          select
          from retrieval.held h
          where h.vector_store_id = f.vector_store_id and h.file_id = f.file_id and h.valid_to is null);
    return null;
end
$$;

create trigger note_held_added after insert on retrieval.store_file
    referencing new table as touched for each statement execute function retrieval.note_held();
create trigger note_held_changed after update on retrieval.store_file
    referencing new table as touched for each statement execute function retrieval.note_held();
create trigger note_held_gone after delete on retrieval.store_file
    referencing old table as touched for each statement execute function retrieval.note_held();

-- What is held by now, known from now on: since when it was so before, nobody wrote down.
insert into retrieval.held (vector_store_id, file_id, valid_from, project_id, revision_id, attributes, principals)
select vector_store_id, file_id, now(), project_id, revision_id, retrieval.digest(document_attributes || attributes), principals
from retrieval.store_file
where state = 'completed' and removed_at is null;
