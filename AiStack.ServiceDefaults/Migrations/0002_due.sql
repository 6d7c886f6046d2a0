-- Since when a piece of work could be done: its age counts from then, not from when somebody asked for it to be done later. It
-- stays when work is put back for another try, which changes available_at.
alter table ops.work_item add column due_at timestamptz not null default now();
update ops.work_item set due_at = case when attempts = 0 then greatest(enqueued_at, available_at) else enqueued_at end;
