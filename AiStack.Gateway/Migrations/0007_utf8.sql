-- Whether bytes are text: an answer may be anything.
create function gateway.is_utf8(bytes bytea) returns boolean
    language plpgsql immutable parallel safe as $$
begin
    perform convert_from(bytes, 'UTF8');
    return true;
exception when others then
    return false;
end
$$;
