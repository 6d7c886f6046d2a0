-- What somebody should look at, or should have. A rule's finding opens one; it resolves by itself when the reason has gone, and
-- stays as history for a while.
create table evals.alert (
    id           uuid             primary key,
    project_id   uuid             not null,
    rule         text             not null check (rule in (
        'error_share', 'latency', 'spend', 'work_waiting', 'work_parked', 'feedback', 'quality')),
    -- What the rule found it of: a model, a queue, an eval; empty where a rule can find but one thing.
    subject      text             not null,
    what         text             not null check (length(what) between 1 and 1000),
    -- What was measured last, and the limit that it is beyond, both in the unit.
    value        double precision not null,
    limit_value  double precision not null,
    unit         text             not null,
    opened_at    timestamptz      not null,
    last_seen_at timestamptz      not null,
    resolved_at  timestamptz,

    constraint seen_after_opened check (last_seen_at >= opened_at),
    constraint resolved_after_seen check (resolved_at is null or resolved_at >= last_seen_at)
);

-- However many replicas look at the rules, a reason is one open alert.
create unique index alert_open_once on evals.alert (project_id, rule, subject) where resolved_at is null;

-- Serves the list, by page.
create index alert_of_project on evals.alert (project_id, id);

call ops.isolate('evals.alert');
