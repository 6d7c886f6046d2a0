-- Whether any budget applies to a project: most have none, and nothing is reserved for their answers.
create function serving.has_budgets(organisation uuid, project uuid) returns boolean
    language sql stable parallel safe as $$
    select exists (
        select from serving.budget b
        where b.deleted_at is null
          and (b.project_id = project or (b.project_id is null and b.organisation_id = organisation)))
$$;

-- Their statements are short, and to plan one anew costs more than to run it.
alter function serving.reserve_budgets set plan_cache_mode = force_generic_plan;
alter function serving.settle_budgets set plan_cache_mode = force_generic_plan;
