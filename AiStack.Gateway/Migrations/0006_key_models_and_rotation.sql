alter table gateway.api_key
    -- The only models that the key may name; null when it may name all.
    add column models          text[] check (cardinality(models) > 0),
    -- The secret before the last rotation, which is good until then.
    add column previous_sha256 bytea check (length(previous_sha256) = 32),
    add column previous_until  timestamptz,
    add constraint previous_secret_has_its_end check ((previous_sha256 is null) = (previous_until is null)),
    -- Serves authentication.
    add constraint api_key_previous_sha256 unique (previous_sha256);

-- As before; now also by the previous secret, and with the models.
drop function gateway.authenticate(bytea);
create function gateway.authenticate(key_sha256 bytea)
    returns table (
        key_id uuid, project_id uuid, organisation_id uuid, scopes text[], expires_at timestamptz, models text[])
    language sql stable security definer set search_path = pg_catalog as $$
    select k.id, k.project_id, p.organisation_id, k.scopes,
           case when k.sha256 = key_sha256 then k.expires_at else least(k.expires_at, k.previous_until) end,
           k.models
    from gateway.api_key k
    join gateway.project p on p.id = k.project_id
    where (k.sha256 = key_sha256 or (k.previous_sha256 = key_sha256 and k.previous_until > now()))
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
$$;
revoke execute on function gateway.authenticate from public;

create or replace view gateway.published_key with (security_barrier) as
    select id, project_id, scopes, models
    from gateway.api_key
    where project_id = (select ops.current_project())
      and revoked_at is null
      and (expires_at is null or expires_at > now());
