create schema if not exists evals;

-- What is demanded of answers. Runs of one eval can be compared.
create table evals.eval (
    id                    uuid        primary key,
    project_id            uuid        not null,
    name                  text        not null check (length(name) between 1 and 256),
    item_schema           json        not null,
    include_sample_schema boolean     not null,
    testing_criteria      json        not null,
    metadata              jsonb,
    created_at            timestamptz not null,
    updated_at            timestamptz not null
);

-- Serves the list of a project's evals, by page.
create index eval_by_project on evals.eval (project_id, id);

-- One asking of every item of a dataset.
create table evals.run (
    id              uuid        primary key,
    project_id      uuid        not null,
    eval_id         uuid        not null references evals.eval (id) on delete cascade,
    -- On whose behalf Serving is asked, after the request that made the run is over.
    organisation_id uuid        not null,
    key_id          uuid,
    name            text        not null check (length(name) between 1 and 256),
    model           text        not null,
    data_source     json        not null,
    dataset_sha256  bytea       not null check (length(dataset_sha256) = 32),
    item_count      int         not null check (item_count > 0),
    pending_count   int         not null check (pending_count between 0 and item_count),
    status          text        not null default 'queued'
        check (status in ('queued', 'in_progress', 'completed', 'failed', 'canceled')),
    error_code      text,
    error_message   text,
    metadata        jsonb,
    created_at      timestamptz not null,
    finished_at     timestamptz,

    -- A run that has ended says when, and no other does.
    constraint finished_iff_ended check ((finished_at is not null) = (status in ('completed', 'failed', 'canceled'))),
    -- A run ends by itself when nothing is left to do, and not before.
    constraint nothing_pending_iff_done check (
        (pending_count = 0) = (status in ('completed', 'failed')) or status = 'canceled'),
    constraint failed_says_why check ((status = 'failed') = (error_code is not null and error_message is not null))
);

-- Serves the list of an eval's runs, by page, and the cascade from it.
create index run_by_eval on evals.run (eval_id, id);

-- One item of a run's dataset, as it was when the run was made, and what came of it.
create table evals.run_item (
    id                   uuid             primary key,
    project_id           uuid             not null,
    run_id               uuid             not null references evals.run (id) on delete cascade,
    ordinal              int              not null,
    -- Not jsonb: the item is kept as its author wrote it, and may hold what jsonb refuses, such as an escaped NUL.
    item                 json             not null,
    answerable           boolean          not null,
    state                text             not null default 'pending'
        check (state in ('pending', 'answered', 'errored')),

    -- Of an answered item.
    passed               boolean,
    grades               json,
    source_rank          int              check (source_rank > 0),
    first_citation_right boolean,
    any_citation_right   boolean,
    answer_contained     boolean,
    refused              boolean,
    latency              interval,
    input_tokens         bigint,
    output_tokens        bigint,
    response_id          text,
    model                text,
    output_text          text,
    citations            json,

    -- Of an errored item.
    error_code           text,
    error_message        text,
    finished_at          timestamptz,

    constraint item_once_per_run unique (run_id, ordinal),
    constraint finished_iff_not_pending check ((finished_at is not null) = (state <> 'pending')),
    constraint answered_is_measured check ((state = 'answered') = (
        passed is not null and grades is not null and refused is not null and latency is not null
        and first_citation_right is not null and any_citation_right is not null
        and input_tokens is not null and output_tokens is not null and response_id is not null)),
    constraint errored_says_why check ((state = 'errored') = (error_code is not null and error_message is not null))
);

call ops.isolate('evals.eval');
call ops.isolate('evals.run');
call ops.isolate('evals.run_item');
