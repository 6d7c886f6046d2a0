-- What a project's guards do with what they find; a project without a row has none.
create table serving.guard_policy (
    project_id uuid        primary key,
    policy     jsonb       not null,
    updated_at timestamptz not null,
    updated_by text        not null
);

call ops.isolate('serving.guard_policy');

-- Which guards acted on an answer, with how much of each kind they found; null where none did.
alter table serving.completion add column guards jsonb;

-- For the counts of the last days: hardly an answer has any.
create index completion_guarded on serving.completion (project_id, created_at) where guards is not null;
