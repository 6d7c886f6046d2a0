-- A run moves its source's cursor when all that it listed was read, and no further than where its first turn began:
-- what changed since is listed again.
alter table ingest.source_run
    -- Whether something could not be read in one of its turns that may be read another time.
    add column has_failed boolean not null default false,
    -- Where the next run may go on, as the first turn said.
    add column next_cursor text;
