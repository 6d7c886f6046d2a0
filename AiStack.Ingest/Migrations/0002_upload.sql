-- A file that comes in parts. It becomes a file when it is completed; until then only its owner knows of it.
create table ingest.upload (
    id         uuid        primary key,
    project_id uuid        not null,
    filename   text        not null check (length(filename) between 1 and 512),
    purpose    text        not null,
    media_type text        not null,
    size_bytes bigint      not null check (size_bytes > 0),
    state      text        not null default 'pending' check (state in ('pending', 'completed', 'cancelled', 'expired')),
    file_id    uuid        references ingest.file,
    created_at timestamptz not null,
    expires_at timestamptz not null,

    constraint file_iff_completed check ((state = 'completed') = (file_id is not null))
);

-- A part's bytes are in the blob store under their SHA-256.
create table ingest.upload_part (
    id         uuid        primary key,
    project_id uuid        not null,
    upload_id  uuid        not null references ingest.upload,
    sha256     bytea       not null check (length(sha256) = 32),
    size_bytes bigint      not null check (size_bytes > 0),
    created_at timestamptz not null
);

create index part_of_upload on ingest.upload_part (upload_id);
-- Serves the question whether anybody still needs a blob.
create index part_by_blob on ingest.upload_part (sha256);

call ops.isolate('ingest.upload');
call ops.isolate('ingest.upload_part');

create or replace function ingest.blob_is_needed(blob_sha256 bytea) returns boolean
    language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from ingest.file f where f.sha256 = blob_sha256 and f.deleted_at is null)
        or exists (select from ingest.revision r where r.text_sha256 = blob_sha256)
        or exists (select from ingest.upload_part p where p.sha256 = blob_sha256)
$$;
