using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Serving.Erasures;

/// <summary>What people set. It is not erased, since answers would change; people are told who is named.</summary>
internal static class SettingPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        ErasurePlace.OfNames("serving.prompt_version", scope =>
            $"""
            select replace(id::text, '-', ''), concat_ws(' ', name, text, note, created_by), false, null
            from serving.prompt_version
            """),
        ErasurePlace.OfNames("serving.model_version", scope =>
            $"""
            select replace(id::text, '-', ''), concat_ws(' ', spec, card, created_by), false, null
            from serving.model_version
            """),
        ErasurePlace.OfNames("serving.route_change", scope =>
            $"""
            select replace(id::text, '-', ''), concat_ws(' ', reason, evidence, actor), false, null
            from serving.route_change
            """),
        ErasurePlace.OfNames("serving.guard_policy", scope =>
            $"select 'policy', concat_ws(' ', policy, updated_by), false, null from serving.guard_policy"),
        ErasurePlace.OfNames("serving.mcp_server", scope =>
            $"""
            select 'mcps_' || replace(id::text, '-', ''), concat_ws(' ', label, url, description), false, null
            from serving.mcp_server
            """),
        new("serving.budget", scope =>
            $"""
            select 'budget_' || replace(id::text, '-', ''), concat_ws(' ', name, subject_id),
                   subject = 'user' and subject_id = {scope.EndUser}, null
            from serving.budget
            where deleted_at is null
            """),
    ];
}
