-- The language whose words the terms are, by ISO 639-1. What was indexed before was all taken for English.
alter table retrieval.entry add column language text not null default 'en';
