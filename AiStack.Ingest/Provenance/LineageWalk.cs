using AiStack.Contracts;
using AiStack.Ingest.Lineage;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Provenance;

/// <summary>A walk over edges, one statement a step, that ends at a number of nodes.</summary>
internal sealed class LineageWalk(NpgsqlConnection connection, Guid start, DateTimeOffset at, int maxNodes)
{
    /// <summary>Edges of a whole walk: a dataset may have been made from all others.</summary>
    private const int MaxEdges = 5_000;

    private readonly HashSet<Guid> _nodes = [start];
    private readonly Dictionary<(Guid, Guid, Guid), EdgeRow> _edges = [];
    private readonly DateTimeOffset _at = at.ToUniversalTime();
    private string? _cutBy;

    public async Task RunAsync(bool isUp, int depth, CancellationToken cancellationToken)
    {
        Guid[] frontier = [start];
        // Of this direction alone: in a ring, what is above is below as well.
        var seen = new HashSet<Guid> { start };
        for (var step = 0; step <= depth && frontier.Length > 0; step++)
        {
            var room = MaxEdges - _edges.Count;
            var found = await StepAsync(frontier, isUp, step == depth ? 1 : room + 1, cancellationToken);
            if (step == depth)
            {
                _cutBy ??= found.Count > 0 ? "depth" : null;
                return;
            }

            var next = new List<Guid>();
            foreach (var edge in found.Take(room))
            {
                var other = isUp ? edge.Source : edge.Target;
                if (!_nodes.Contains(other) && _nodes.Count == maxNodes)
                {
                    _cutBy = "nodes";
                    continue;
                }

                _nodes.Add(other);
                if (seen.Add(other))
                {
                    next.Add(other);
                }

                _edges.TryAdd((edge.Source, edge.Target, edge.RunId), edge);
            }

            frontier = [.. next];
            if (found.Count > room)
            {
                _cutBy = "edges";
                return;
            }
        }
    }

    public async Task<LineageGraph> EndAsync(string direction, int depth, CancellationToken cancellationToken)
    {
        var nodes = await NodesAsync(cancellationToken);
        return new(
            nodes[start].Id, direction, depth, _at, _cutBy,
            [.. nodes.Values],
            [
                .. _edges.Values.Where(edge => nodes.ContainsKey(edge.Source) && nodes.ContainsKey(edge.Target))
                    .OrderBy(edge => edge.At)
                    .Select(edge => new LineageGraph.Edge(
                        nodes[edge.Source].Id, nodes[edge.Target].Id, edge.RunId,
                        new(edge.JobNamespace, edge.JobName), edge.At)),
            ]);
    }

    /// <summary>
    /// The newest edges first. What a later run of the same job made anew does not come from what the earlier one read.
    /// </summary>
    private Task<List<EdgeRow>> StepAsync(
        Guid[] frontier, bool isUp, int limit, CancellationToken cancellationToken) => isUp
        ? connection.ListAsync(
            $"""
            select source_id, target_id, run_id, job_namespace, job_name, at
            from (
                select source_id, target_id, run_id, job_namespace, job_name, at,
                       first_value(run_id) over (
                           partition by target_id, job_namespace, job_name order by at desc, run_id) as newest
                from ingest.lineage_edge
                where target_id = any({frontier}) and at <= {_at}
            ) made
            where run_id = newest
            order by at desc
            limit {limit}
            """,
            Read,
            cancellationToken)
        : connection.ListAsync(
            $"""
            select e.source_id, e.target_id, e.run_id, e.job_namespace, e.job_name, e.at
            from unnest({frontier}) as f (id)
            cross join lateral (
                select *
                from ingest.lineage_edge
                where source_id = f.id and at <= {_at}
                order by at desc
                limit {limit}
            ) e
            where not exists (
                select from ingest.lineage_edge later
                where later.target_id = e.target_id and later.job_namespace = e.job_namespace
                  and later.job_name = e.job_name and later.at > e.at and later.at <= {_at}
                  and later.run_id <> e.run_id)
            order by e.at desc
            limit {limit}
            """,
            Read,
            cancellationToken);

    private async Task<Dictionary<Guid, LineageGraph.Node>> NodesAsync(CancellationToken cancellationToken)
    {
        Guid[] ids = [.. _nodes];
        var rows = await connection.ListAsync(
            $"""
            select id, namespace, name, label, first_at, dropped_at, project_id
            from ingest.lineage_node
            where id = any({ids})
            """,
            row => (
                Id: row.GetGuid(0), Namespace: row.GetString(1), Name: row.GetString(2),
                Label: row.IsDBNull(3) ? null : row.GetString(3), First: row.GetFieldValue<DateTimeOffset>(4),
                Dropped: row.IsDBNull(5) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(5),
                Project: new Id<Project>(row.GetGuid(6))),
            cancellationToken);

        // What was in a store is gone with it.
        var stores = rows.ToDictionary(row => row.Id, row => StoreOf(row.Name) is { } store
            ? LineageNames.NodeId(row.Project, row.Namespace, store) : row.Id);
        Guid[] parents = [.. stores.Values.Distinct()];
        var gone = (await connection.ListAsync(
            $"select id, dropped_at from ingest.lineage_node where id = any({parents}) and dropped_at is not null",
            row => (Id: row.GetGuid(0), At: row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken)).ToDictionary(row => row.Id, row => row.At);
        var names = await StoreNamesAsync(rows.Select(row => row.Name), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => new LineageGraph.Node(
            $"dataset:{row.Namespace}:{row.Name}", row.Namespace, row.Name,
            row.Label ?? names.GetValueOrDefault(StoreOf(row.Name) ?? row.Name), row.First,
            Until(row.Dropped ?? (gone.TryGetValue(stores[row.Id], out var left) ? left : null))));
    }

    /// <summary>What stores are called now, by their names in the lineage.</summary>
    private async Task<Dictionary<string, string>> StoreNamesAsync(
        IEnumerable<string> names, CancellationToken cancellationToken)
    {
        Guid[] ids =
        [
            .. names.Select(name => name.Split('/')).Where(parts => parts is ["vector_stores", ..])
                .Select(parts => Id<VectorStore>.TryParse(parts[1], null, out var id) ? id.Value : default).Distinct(),
        ];
        var named = ids is [] ? [] : await connection.ListAsync(
            $"select id, name from retrieval.published_vector_store where id = any({ids})",
            row => (Id: new Id<VectorStore>(row.GetGuid(0)), Name: row.GetString(1)),
            cancellationToken);
        return named.ToDictionary(store => LineageNames.Store(store.Id), store => store.Name);
    }

    private DateTimeOffset? Until(DateTimeOffset? dropped) => dropped <= _at ? dropped : null;

    private static string? StoreOf(string name) =>
        name.Split('/') is ["vector_stores", var store, "revisions", _] ? $"vector_stores/{store}" : null;

    private static EdgeRow Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4),
        row.GetFieldValue<DateTimeOffset>(5));
}

/// <summary>Datasets, and which was made from which.</summary>
/// <param name="CutBy">
/// The limit at which the walk ended, <c>depth</c>, <c>nodes</c> or <c>edges</c>; null when it is whole.
/// </param>
internal sealed record LineageGraph(
    string NodeId, string Direction, int Depth, DateTimeOffset At, string? CutBy,
    IReadOnlyList<LineageGraph.Node> Nodes, IReadOnlyList<LineageGraph.Edge> Edges)
{
    public string Object { get; } = "lineage";

    /// <param name="Label">What people call it.</param>
    /// <param name="DroppedAt">When it was deleted, if it was at the time that was asked for.</param>
    internal sealed record Node(
        string Id, string Namespace, string Name, string? Label, DateTimeOffset FirstAt, DateTimeOffset? DroppedAt)
    {
        public string Type { get; } = "DATASET";
    }

    internal sealed record Edge(string Origin, string Destination, Guid RunId, JobName Job, DateTimeOffset At);

    internal sealed record JobName(string Namespace, string Name);
}
