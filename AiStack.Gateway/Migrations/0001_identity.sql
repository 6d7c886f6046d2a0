create schema gateway;

-- Who pays.
create table gateway.organisation (
    id         uuid        primary key,
    name       text        not null check (length(name) between 1 and 200),
    created_at timestamptz not null
);

-- Whose data it is: everything a tenant owns belongs to one project.
create table gateway.project (
    id              uuid        primary key,
    organisation_id uuid        not null references gateway.organisation,
    name            text        not null check (length(name) between 1 and 200),
    created_at      timestamptz not null,

    constraint project_name_once_per_organisation unique (organisation_id, name)
);

-- A key is shown once, when it is made. What is kept is its SHA-256 (a key has 160 random bits or more: no salt is needed),
-- and enough of its beginning and end to tell it from others in a list.
create table gateway.api_key (
    id         uuid        primary key,
    project_id uuid        not null references gateway.project,
    name       text        not null check (length(name) between 1 and 200),
    sha256     bytea       not null check (length(sha256) = 32),
    hint       text        not null,
    scopes     text[]      not null check (cardinality(scopes) > 0),
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,

    -- Serves authentication.
    constraint api_key_sha256 unique (sha256)
);

call ops.isolate('gateway.api_key');

-- Authentication comes before the project is known, so it must look past the isolation: at one key, by its hash, and no more.
create function gateway.authenticate(key_sha256 bytea)
    returns table (key_id uuid, project_id uuid, organisation_id uuid, scopes text[], expires_at timestamptz)
    language sql stable security definer set search_path = pg_catalog as $$
    select k.id, k.project_id, p.organisation_id, k.scopes, k.expires_at
    from gateway.api_key k
    join gateway.project p on p.id = k.project_id
    where k.sha256 = key_sha256
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
$$;
revoke execute on function gateway.authenticate from public;
