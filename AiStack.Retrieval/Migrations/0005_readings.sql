-- How the file was read: what to know before trusting its text, by the codes of its report, and the version of Ingest's pipeline;
-- null where that is not known.
alter table retrieval.store_file
    add column warnings text[] not null default '{}',
    add column pipeline text,
    -- What the file says of itself. Filters see them below the attributes that were given with the file.
    add column document_attributes jsonb not null default '{}';
