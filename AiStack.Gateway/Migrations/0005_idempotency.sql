-- Requests that came with an Idempotency-Key, and the answers that they were given, for a day.
create table gateway.idempotent_request (
    project_id     uuid        not null references gateway.project,
    key_id         uuid        not null,
    -- The caller's name for the request.
    name           text        not null check (length(name) between 1 and 255),
    -- Of everything that makes it this request and no other.
    request_sha256 bytea       not null check (length(request_sha256) = 32),
    -- Who works on it, and until when nobody else may.
    claim          uuid        not null,
    leased_until   timestamptz not null,
    created_at     timestamptz not null default now(),
    -- Of the first answer; null while there is none.
    status         int,
    content_type   text,
    request_id     text,
    -- Null when the answer is not kept: it is too long, or holds a secret.
    body           bytea,

    primary key (project_id, key_id, name)
);

call ops.isolate('gateway.idempotent_request');

-- Serves forgetting.
create index idempotent_request_age on gateway.idempotent_request (created_at);

-- Forgetting is for all projects at once, so it looks past the isolation: at what is a day old, and no more.
create function gateway.forget_idempotent_requests() returns void
    language sql volatile security definer set search_path = pg_catalog as $$
    delete from gateway.idempotent_request where created_at < now() - interval '24 hours'
$$;
revoke execute on function gateway.forget_idempotent_requests from public;
