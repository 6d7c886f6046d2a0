-- Whether an answer was made from stores, or goes on with words that were. Only those who may search them read it back.
alter table serving.completion add column has_sources boolean not null default false;
update serving.completion set has_sources = true where cardinality(vector_store_ids) > 0;
