using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts.Quality;

namespace AiStack.Ingest.Lineage;

/// <summary>Facets of OpenLineage events, each with who says it and the schema that it follows.</summary>
internal static class Facets
{
    /// <summary>The version of our programs, with the commit that they were built from where that is known.</summary>
    public static readonly string Version =
        typeof(Facets).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "0";

    /// <summary>Who says what we say.</summary>
    public static readonly string Producer = $"urn:aistack:ingest:{Version.Split('+')[0]}";

    private static readonly string[] _passageFields =
        ["id", "ordinal", "text", "token_count", "start_offset", "end_offset", "page", "heading", "language"];

    public static JsonObject Named(params (string Name, JsonObject? Facet)[] facets) => [.. facets
        .Where(facet => facet.Facet is not null)
        .Select(facet => KeyValuePair.Create<string, JsonNode?>(facet.Name, facet.Facet))];

    public static JsonObject DatasetVersion(string version) =>
        Of("1-0-1", "DatasetVersionDatasetFacet", ("datasetVersion", version));

    public static JsonObject Lifecycle(string change) =>
        Of("1-0-1", "LifecycleStateChangeDatasetFacet", ("lifecycleStateChange", change));

    public static JsonObject Metrics(long rows, long? bytes) => Of(
        "1-0-0", "DataQualityMetricsDatasetFacet",
        ("rowCount", rows), ("bytes", bytes), ("columnMetrics", new JsonObject()));

    /// <summary>How many rows a run wrote, or took away.</summary>
    public static JsonObject OutputRows(long rows) =>
        Of("1-0-2", "OutputStatisticsOutputDatasetFacet", ("rowCount", rows));

    /// <summary>What a passage is, as it is published.</summary>
    public static JsonObject PassageSchema() => Of(
        "1-2-0", "SchemaDatasetFacet",
        ("fields", new JsonArray([.. _passageFields.Select(name => new JsonObject { ["name"] = name })])));

    public static JsonObject Owner(string owner) =>
        Of("1-0-1", "OwnershipDatasetFacet", ("owners", Owners(owner)));

    public static JsonObject? Assertions(IReadOnlyList<DataQualityAssertion>? assertions) => assertions is null or []
        ? null
        : Of(
            "1-1-0", "DataQualityAssertionsDatasetFacet",
            ("assertions", JsonSerializer.SerializeToNode(assertions)));

    public static JsonObject ProcessingEngine() => Of(
        "1-1-1", "ProcessingEngineRunFacet",
        ("name", "AiStack"), ("version", Version), ("openlineageAdapterVersion", Version));

    public static JsonObject Error(string message) =>
        Of("1-0-1", "ErrorMessageRunFacet", ("message", message), ("programmingLanguage", "C#"));

    public static JsonObject Parent(Guid run, string @namespace, string job) => Of(
        "1-2-0", "ParentRunFacet",
        ("run", new JsonObject { ["runId"] = run.ToString() }),
        ("job", new JsonObject { ["namespace"] = @namespace, ["name"] = job }));

    public static JsonObject JobType() => Of(
        "2-0-4", "JobTypeJobFacet",
        ("processingType", "BATCH"), ("integration", "AISTACK"), ("jobType", "JOB"));

    public static JsonObject SourceCode(string path) => Of(
        "1-1-0", "SourceCodeLocationJobFacet",
        ("type", "git"), ("url", $"urn:aistack:source:{path}"), ("path", path),
        ("version", Version.Split('+') is [_, var commit] ? commit : null));

    public static JsonObject JobOwner(string owner) =>
        Of("1-0-1", "OwnershipJobFacet", ("owners", Owners(owner)));

    /// <summary>Which output came from which inputs.</summary>
    public static JsonObject Lineage(IEnumerable<(LineageDataset Output, IEnumerable<LineageDataset> Inputs)> made) =>
        Facet(
            "https://openlineage.io/spec/facets/1-0-0/LineageFacet.json#/$defs/LineageJobFacet",
            [("entries", new JsonArray([.. made.Select(each =>
            {
                var entry = Named(each.Output);
                entry["inputs"] = new JsonArray([.. each.Inputs.Select(Named)]);
                return entry;
            })]))]);

    /// <summary>A facet of our own, which follows the rules for all.</summary>
    public static JsonObject Own(string kind, params (string Name, JsonNode? Value)[] fields) =>
        Facet($"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{kind}", fields);

    private static JsonObject Named(LineageDataset dataset) => new()
    {
        ["namespace"] = dataset.Namespace, ["name"] = dataset.Name, ["type"] = "DATASET",
    };

    private static JsonArray Owners(string owner) => [new JsonObject { ["name"] = owner, ["type"] = "OWNER" }];

    private static JsonObject Of(string version, string name, params (string Name, JsonNode? Value)[] fields)
    {
        var file = $"https://openlineage.io/spec/facets/{version}/{name}.json";
        return Facet($"{file}#/$defs/{name}", fields);
    }

    private static JsonObject Facet(string schema, (string Name, JsonNode? Value)[] fields)
    {
        var facet = new JsonObject { ["_producer"] = Producer, ["_schemaURL"] = schema };
        foreach (var (name, value) in fields)
        {
            if (value is not null)
            {
                facet[name] = value;
            }
        }

        return facet;
    }
}
