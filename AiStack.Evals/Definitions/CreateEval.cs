using System.Diagnostics;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals.Criteria;
using AiStack.Evals.Datasets;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Requests;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Definitions;

/// <summary>Creates an eval: the schema of its items, and the criteria that answers have to meet.</summary>
internal sealed class CreateEval(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The longest stored schema and the longest stored criteria, in UTF-16 code units.</summary>
    private const int MaxJsonLength = 256 << 10;

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, CreateEval create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(caller.ProjectId, request, cancellationToken);
        return outcome.TryGet(out var eval, out var fault)
            ? TypedResults.Json(eval, statusCode: StatusCodes.Status201Created) // OpenAI's .NET client takes 201 only.
            : fault.ToResult();
    }

    public async Task<Outcome<EvalView>> RunAsync(
        Id<Project> projectId, Request request, CancellationToken cancellationToken)
    {
        if (FindFault(request) is { } fault)
        {
            return fault;
        }

        var id = Id<Eval>.New();
        var now = time.GetUtcNow();
        var config = request.DataSourceConfig!;
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var eval = await connection.FirstOrDefaultAsync(
            $"""
            insert into evals.eval (
                id, project_id, name, item_schema, include_sample_schema, testing_criteria, metadata,
                created_at, updated_at)
            values (
                {id}, {projectId}, {request.Name ?? id.ToString()}, {config.ItemSchema.GetRawText()}::json,
                {config.IncludeSampleSchema ?? false}, {request.TestingCriteria.GetRawText()}::json,
                {StoredJson.Write(request.Metadata)}::jsonb, {now}, {now})
            returning id, name, created_at, item_schema, include_sample_schema, testing_criteria, metadata
            """,
            EvalView.Read,
            cancellationToken);
        return eval ?? throw new UnreachableException("An insert returns its row.");
    }

    private static Fault? FindFault(Request request)
    {
        const string Place = "data_source_config";
        if (request.DataSourceConfig is not { } config)
        {
            return new(FaultCode.InvalidArgument, $"'{Place}' is missing.", Place);
        }

        if (config.Type != "custom")
        {
            return new(FaultCode.InvalidArgument, $"'{Place}.type' must be 'custom'.", $"{Place}.type");
        }

        if (Math.Max(Length(config.ItemSchema), Length(request.TestingCriteria)) > MaxJsonLength)
        {
            return new(FaultCode.InvalidArgument, $"Schema and criteria have at most {MaxJsonLength} characters each.");
        }

        _ = ItemSchema.Read(config.ItemSchema).TryGet(out _, out var schemaFault);
        _ = CriteriaReader.Read(request.TestingCriteria).TryGet(out _, out var criteriaFault);
        return schemaFault ?? criteriaFault ?? Naming.FindFault(request.Name, request.Metadata);
    }

    private static int Length(JsonElement json) =>
        json.ValueKind == JsonValueKind.Undefined ? 0 : json.GetRawText().Length;

    internal sealed record Request(
        string? Name, ItemSource? DataSourceConfig, JsonElement TestingCriteria, Dictionary<string, string>? Metadata);

    /// <summary>OpenAI's <c>custom</c> data source: items of a given schema.</summary>
    internal sealed record ItemSource(
        [property: Unsupported("it must be 'custom'.", Except = ["\"custom\""])] string? Type,
        JsonElement ItemSchema,
        bool? IncludeSampleSchema);
}
