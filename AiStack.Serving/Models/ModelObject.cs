using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Engines;
using AiStack.Serving.Registry;

namespace AiStack.Serving.Models;

/// <summary>OpenAI's model object.</summary>
/// <param name="Created">When this service started to offer it, in Unix seconds; of an alias, when it last changed.
/// </param>
internal sealed record ModelObject(string Id, long Created, string OwnedBy)
{
    public string Object { get; } = "model";

    /// <summary>Every model that the caller's requests can name, by name.</summary>
    public static async Task<IReadOnlyList<ModelObject>> AllAsync(
        Caller caller, EngineCatalog engines, RouteCache routes, CancellationToken cancellationToken)
    {
        var live = await routes.ReadAsync(caller.ProjectId, cancellationToken);
        var since = engines.Since.ToUnixTimeSeconds();
        return
        [
            .. engines.Engines.Select(engine => new ModelObject(engine.Key, since, "aistack"))
                .Concat(live.Aliases.Values.Where(route => route.Shares.Count > 0)
                    .Select(route => new ModelObject(route.Alias, route.CreatedAt, "project")))
                .Where(model => caller.FindModelLack(model.Id) is null)
                .GroupBy(model => model.Id).Select(named => named.Last())
                .OrderBy(model => model.Id, StringComparer.Ordinal),
        ];
    }
}
