using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Engines;
using Npgsql;

namespace AiStack.Serving.Registry;

/// <summary>Lists the versions of a model, the newest first; or gets one.</summary>
internal static class ListVersions
{
    public static async Task<IResult> HandleAsync(
        string model, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var versions = await connection.ListAsync(
            ModelVersionObject.Select(model, null), ModelVersionObject.Read, cancellationToken);
        return versions.Count == 0
            ? EngineCatalog.NotFound(model).ToResult()
            : TypedResults.Ok(new Versions(versions));
    }

    public static async Task<IResult> GetAsync(
        string model, int number, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var version = await connection.FirstOrDefaultAsync(
            ModelVersionObject.Select(model, number), ModelVersionObject.Read, cancellationToken);
        return version is null
            ? EngineCatalog.NotFound(ModelName.OfVersion(model, number)).ToResult()
            : TypedResults.Ok(version);
    }

    internal sealed record Versions(IReadOnlyList<ModelVersionObject> Data)
    {
        public string Object { get; } = "list";
    }
}
