-- How long a project keeps what it has, in days; null: for ever.
create table ingest.retention (
    project_id    uuid        primary key,
    answers_days  int         check (answers_days between 1 and 36500),
    files_days    int         check (files_days between 1 and 36500),
    feedback_days int         check (feedback_days between 1 and 36500),
    updated_at    timestamptz not null,
    updated_by    text        not null,
    -- When it was last seen to.
    swept_at      timestamptz
);

call ops.isolate('ingest.retention');

-- Takes the projects that were not seen to for so long, whatever they are: each is one process's. By the database's clock alone,
-- which is one; what was seen to in its future was seen to by a wrong one.
create function ingest.take_retention(every interval, max_rows int)
    returns table (project_id uuid, answers_days int, files_days int, feedback_days int, at timestamptz)
    language sql volatile security definer set search_path = pg_catalog as $$
    update ingest.retention r
    set swept_at = now()
    where r.project_id in (
        select o.project_id
        from ingest.retention o
        where coalesce(o.swept_at, '-infinity') not between now() - every and now()
          and coalesce(o.answers_days, o.files_days, o.feedback_days) is not null
        limit max_rows
        for update skip locked)
    returning r.project_id, r.answers_days, r.files_days, r.feedback_days, now()
$$;
revoke execute on function ingest.take_retention from public;
