-- What a batch's answers took, as they come.
alter table serving.batch
    add column input_tokens     bigint  not null default 0,
    add column cached_tokens    bigint  not null default 0,
    add column output_tokens    bigint  not null default 0,
    add column reasoning_tokens bigint  not null default 0,
    add column cost             numeric not null default 0,
    -- Of the answers whose price is known; null before the first one.
    add column currency         text,
    -- How many answers have no known price.
    add column unpriced         int     not null default 0;
