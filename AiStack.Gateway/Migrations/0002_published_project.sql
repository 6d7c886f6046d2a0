-- The projects that there are, for services that look after each of them. No names, and nothing of what is in them.
create view gateway.published_project as
    select id
    from gateway.project;
