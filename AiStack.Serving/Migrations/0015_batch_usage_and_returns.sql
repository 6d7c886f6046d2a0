-- What a batch's answers took, as they come.
alter table serving.batch
    add column input_tokens     bigint  not null default 0,
    add column cached_tokens    bigint  not null default 0,
    add column output_tokens    bigint  not null default 0,
    add column reasoning_tokens bigint  not null default 0,
    add column cost             numeric not null default 0,
    -- Of the answers whose price is known; null before the first one.
    add column currency         text,
    -- How many answers have no known price.
    add column unpriced         int     not null default 0;

-- Gives back what a request holds of its budgets that was never asked of a model: it is as if it had not come.
create function serving.return_budgets(request uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    entry record;
begin
    -- In the order in which budgets are locked.
    for entry in
        select budget_id, member, starts_at, reserved
        from serving.budget_entry
        where request_id = request and spent is null
        order by budget_id
        for update
    loop
        delete from serving.budget_entry where request_id = request and budget_id = entry.budget_id;
        update serving.budget_slice
        set reserved = reserved - entry.reserved
        where budget_id = entry.budget_id and member = entry.member and starts_at = entry.starts_at;
    end loop;
end
$$;
revoke execute on function serving.return_budgets from public;
