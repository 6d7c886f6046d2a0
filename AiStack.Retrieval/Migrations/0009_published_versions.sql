-- With the store's version, which changes with what can be found; null once the store has expired.
create or replace view retrieval.published_vector_store with (security_barrier) as
    select id, project_id, name,
           case when coalesce(retrieval.expires_at(store) > now(), true) then version end as version
    from retrieval.vector_store store
    where project_id = (select ops.current_project());
