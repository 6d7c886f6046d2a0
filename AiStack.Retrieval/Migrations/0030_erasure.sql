-- A text in the form in which names of people are compared, as Mentions has it.
create function retrieval.folded(said text) returns text
    language sql immutable parallel safe as $$
    select replace(
        lower(regexp_replace(
            translate(normalize(said, nfkc), U&'\00AD\200B\200C\200D\2060\FEFF', ''), '\s+', ' ', 'g')),
        'ß', 'ss')
$$;

create function retrieval.names_one(said text, names text[]) returns boolean
    language sql immutable parallel safe as $$
    select coalesce(bool_or(position(name in retrieval.folded(said)) > 0), false) from unnest(names) as name
$$;

-- Attributes without those that name one of these people.
create function retrieval.without_names(attributes jsonb, names text[]) returns jsonb
    language sql immutable parallel safe as $$
    select coalesce(jsonb_object_agg(key, value), '{}')
    from jsonb_each(attributes) as attribute (key, value)
    where not retrieval.names_one(key || ' ' || (value #>> '{}'), names)
$$;
