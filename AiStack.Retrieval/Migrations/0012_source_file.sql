-- Files that a source brings, and keeps in step.
alter table retrieval.store_file
    -- The source that brought it; null for files that people attach.
    add column source_id uuid,
    -- The files whose place it takes, in the transaction in which it can be found.
    add column replaces uuid[] not null default '{}',
    -- Counts what the source said of it: what comes late does not count.
    add column told bigint not null default 0;
