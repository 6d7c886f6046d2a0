using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Lists the project's sources, a page at a time, newest first.</summary>
internal static class ListSources
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<Source>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var sources = await SourceObject.ListAsync(connection, page, cancellationToken);
        return TypedResults.Ok(page.Of(sources, source => source.Id.ToString()));
    }
}

internal static class GetSource
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<Source>.TryParse(id, null, out var sourceId))
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await SourceObject.FindAsync(connection, sourceId, cancellationToken) is { } source
            ? TypedResults.Ok(source)
            : SourceEndpoints.NotFound(id).ToResult();
    }
}

/// <summary>Lists the kinds of sources, with what each needs.</summary>
internal static class ListSourceKinds
{
    public static IResult Handle(SourceKinds kinds) => TypedResults.Ok(new KindList(
        [
            .. kinds.All.Select(kind =>
                new KindObject(kind.Name, kind.Summary, SourceKinds.Schema(kind), kind.Secrets)),
        ]));

    internal sealed record KindList(IReadOnlyList<KindObject> Data)
    {
        public string Object { get; } = "list";
    }

    /// <param name="Settings">The JSON schema of its settings.</param>
    /// <param name="Secrets">The names of the secrets that it can be given.</param>
    internal sealed record KindObject(string Name, string Summary, JsonNode Settings, IReadOnlyList<string> Secrets)
    {
        public string Object { get; } = "source.kind";
    }
}
