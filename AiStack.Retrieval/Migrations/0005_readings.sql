-- How the file was read: what to know before trusting its text, by the codes of its report, and the version of Ingest's pipeline;
-- null where that is not known.
alter table retrieval.store_file
    add column warnings text[] not null default '{}',
    add column pipeline text;
