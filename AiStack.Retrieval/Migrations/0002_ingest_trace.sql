-- The W3C trace context of the run that made the file searchable in this store, so that an answer leads to it; null when that run
-- was not traced.
alter table retrieval.store_file add column traceparent text;
