-- What takes another file's place, for each batch of words from a source (PutSourceFile).
create index store_file_replacing on retrieval.store_file (vector_store_id) where cardinality(replaces) > 0;
