using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Marks documents that could not be read: what is known of them stays, but for whom they are for, which counts at
/// once.
/// </summary>
internal static class FailedItems
{
    public static async Task MarkAsync(
        NpgsqlConnection connection, RunRow run, List<FoundItem> failed, CancellationToken cancellationToken)
    {
        var keys = failed.ConvertAll(item => item.Listed.Key).ToArray();
        var ids = failed.ConvertAll(item => item.Listed.Item.Id).ToArray();
        var names = failed.ConvertAll(item => item.Listed.Name).ToArray();
        var urls = failed.ConvertAll(item => item.Listed.Url).ToArray();
        var refused = failed.ConvertAll(item => item.Finding == Finding.Refused).ToArray();
        var versions = failed.ConvertAll(
            item => item.Finding == Finding.Refused ? item.Listed.Item.Version : null).ToArray();
        var problems = failed.ConvertAll(item => item.Problem).ToArray();
        var principals = failed.ConvertAll(item => item.Listed.PrincipalsText).ToArray();
        // A connector that could not look at the item knows whom it is for only where it says so.
        var says = failed.ConvertAll(item => item.Listed is not { Item: { Problem: not null, Principals: null } })
            .ToArray();
        await connection.ExecuteAsync(
            $"""
            insert into ingest.source_item as i (
                source_id, item_key, project_id, item_id, name, url, version, problem, refused, principals, first_run,
                seen_run)
            select {run.SourceId}, item_key, {run.ProjectId}, item_id, name, url, version, problem, refused,
                   case when principals is not null
                        then array(select jsonb_array_elements_text(principals::jsonb)) end,
                   {run.Id}, {run.Id}
            from unnest({keys}, {ids}, {names}, {urls}, {versions}, {problems}, {refused},
                        {principals})
                as item (item_key, item_id, name, url, version, problem, refused, principals)
            order by item_key
            on conflict (source_id, item_key) do update
            set problem = excluded.problem, refused = excluded.refused, problem_file = null,
                version = case when excluded.refused then excluded.version else i.version end,
                principals = case
                    when i.item_key = any({keys.Where((_, n) => says[n]).ToArray()}) then excluded.principals
                    else i.principals
                end,
                seen_run = excluded.seen_run, gone_run = null
            """, cancellationToken);
        var differ = failed.Where((item, n) =>
            says[n] && item is { Known: { FileId: not null } known } && !item.Listed.SeenByAlike(known.Principals));
        await StoreItems.TellAsync(connection, run, [.. differ.Select(item => item.Listed.Key)], cancellationToken);
    }
}
