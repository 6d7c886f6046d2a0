-- When an item was written down: what is old is erased by that. Those from before count from now on, but for what their ids say.
alter table serving.conversation_item add column created_at timestamptz not null default now();

-- When an item was said. An id of ours begins with the time of its answer (UUIDv7), which is older than the row in what was kept
-- before; nothing is younger than its row.
create function serving.said_at(item_id text, created_at timestamptz) returns timestamptz
    language sql immutable parallel safe as $$
    select least(
        created_at,
        to_timestamp(('x' || substring(item_id from '_([0-9a-f]{12})7[0-9a-f]{3}[89ab][0-9a-f]{15}$'))::bit(48)::bigint / 1000.0))
$$;

-- The end user for whom a request asks; null where it says none, or cannot be read.
create function serving.asked_for(request text) returns text
    language plpgsql immutable parallel safe as $$
begin
    return coalesce(nullif(request::json ->> 'safety_identifier', ''), nullif(request::json ->> 'user', ''));
exception when others then
    return null;
end
$$;
