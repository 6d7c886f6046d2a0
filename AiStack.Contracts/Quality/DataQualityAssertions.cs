using System.Text.Json.Serialization;

namespace AiStack.Contracts.Quality;

/// <summary>
/// What a dataset was expected to be and what was found, as OpenLineage has it: the facet
/// <c>dataQualityAssertions</c> of an input dataset, version 1-1-0.
/// </summary>
public sealed record DataQualityAssertions(
    [property: JsonPropertyName("_producer")] Uri Producer,
    [property: JsonPropertyName("assertions")] IReadOnlyList<DataQualityAssertion> Assertions)
{
    /// <summary>The facet's name among those of a dataset.</summary>
    public const string FacetName = "dataQualityAssertions";

    [JsonPropertyName("_schemaURL")]
    public Uri SchemaUrl { get; } = new(
        "https://openlineage.io/spec/facets/1-1-0/DataQualityAssertionsDatasetFacet.json"
        + "#/$defs/DataQualityAssertionsDatasetFacet");
}

/// <summary>One expectation and what was found.</summary>
/// <param name="Assertion">Its type, such as <c>text_length</c>.</param>
/// <param name="Success">Whether it was met.</param>
/// <param name="Severity"><c>error</c> where it keeps data out, else <c>warn</c>.</param>
public sealed record DataQualityAssertion(
    [property: JsonPropertyName("assertion")] string Assertion,
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("severity")] string Severity,
    [property: JsonPropertyName("expected")] string Expected,
    [property: JsonPropertyName("actual")] string Actual,
    [property: JsonPropertyName("name"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name);
