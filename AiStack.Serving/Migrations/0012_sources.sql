-- Whether an answer was made from stores, or goes on with words that were. Only those who may search them read it back.
-- Answers from before, and of programs that do not know the column yet, say it by their stores.
alter table serving.completion add column has_sources boolean not null default false;
