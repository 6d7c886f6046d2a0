-- Vectors of sentences follow those of chunks.
alter table retrieval.store_file
    -- Whether the sentences of its entries have their vectors, as far as they get any.
    add column has_sentences boolean not null default true;
