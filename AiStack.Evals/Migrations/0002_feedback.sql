-- What people think of answers, and what they should have been: one word for each answer and author. The later replaces the earlier.
create table evals.feedback (
    id            uuid        primary key,
    project_id    uuid        not null,
    -- The answer's record, which Serving keeps for ever: no answer loses its feedback.
    completion_id uuid        not null,
    api           text        not null check (api in ('responses', 'chat.completions')),
    -- The person as the caller names them, else the key.
    author        text        not null check (length(author) between 1 and 256),
    verdict       text        not null check (verdict in ('up', 'down')),
    correction    text                 check (length(correction) between 1 and 20000),
    comment       text                 check (length(comment) between 1 and 4000),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,

    constraint feedback_once_per_author unique (completion_id, author)
);

-- Serves the list, by page.
create index feedback_of_project on evals.feedback (project_id, id);
-- Serves counts and lists of what was said since a moment.
create index feedback_by_time on evals.feedback (project_id, updated_at);

call ops.isolate('evals.feedback');
