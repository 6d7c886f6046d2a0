-- Serves the list of a project's keys, by page.
create index api_key_of_project on gateway.api_key (project_id, id);
