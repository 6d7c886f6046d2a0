-- As before, and by what is published, so that other services can ask, too: the condition stands in one place.
create or replace function retrieval.is_for_others(file uuid, principals text[]) returns boolean
    language sql stable as $$
    select coalesce(bool_and(not (coalesce(f.principals && is_for_others.principals, true))), false)
    from retrieval.published_store_file f
    where f.file_id = is_for_others.file
$$;
