-- The keys of a project that are good now and what each may do, for services that go on in a key's name after its request is
-- over. No names, and nothing that a key could be told by.
create view gateway.published_key with (security_barrier) as
    select id, project_id, scopes
    from gateway.api_key
    where project_id = (select ops.current_project())
      and revoked_at is null
      and (expires_at is null or expires_at > now());
