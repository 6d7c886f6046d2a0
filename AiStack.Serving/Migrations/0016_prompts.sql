-- Prompts of the project's own: a version never changes, and labels move between them.
create table serving.prompt_version (
    id         uuid        primary key,
    project_id uuid        not null,
    name       text        not null check (name ~ '^[a-z][a-z0-9._-]{0,63}$'),
    number     int         not null check (number > 0),
    text       text        not null,
    note       text,
    created_at timestamptz not null,
    created_by text        not null,

    constraint prompt_version_once unique (project_id, name, number)
);

call ops.isolate('serving.prompt_version');

create trigger never_changes before update on serving.prompt_version
    for each row execute function serving.refuse_change();

create table serving.prompt_label (
    project_id uuid not null,
    name       text not null,
    label      text not null check (label ~ '^[a-z][a-z0-9._-]{0,63}$'),
    number     int  not null,
    primary key (project_id, name, label),
    foreign key (project_id, name, number) references serving.prompt_version (project_id, name, number)
);

call ops.isolate('serving.prompt_label');
