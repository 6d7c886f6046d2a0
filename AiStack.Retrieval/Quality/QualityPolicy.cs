using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Contracts.Quality;
using AiStack.ServiceDefaults;

namespace AiStack.Retrieval.Quality;

/// <summary>What a store expects of what is indexed into it, and what it does with near-duplicates.</summary>
internal sealed record QualityPolicy(
    IReadOnlyList<Expectation>? Expectations = null, string NearDuplicates = QualityPolicy.Keep)
{
    /// <summary>Near-duplicates are nothing special.</summary>
    public const string Keep = "keep";

    /// <summary>What is found names them.</summary>
    public const string Link = "link";

    /// <summary>Of near-duplicates a search shows the one that fits best.</summary>
    public const string Collapse = "collapse";

    /// <summary>Of near-duplicates a search shows the one that was added last.</summary>
    public const string NewestWins = "newest_wins";

    public const int MaxExpectations = 20;

    /// <summary>They take long, each.</summary>
    public const int MaxSql = 5;

    public static QualityPolicy None { get; } = new([]);

    public IReadOnlyList<Expectation> Expectations { get; init; } = Expectations ?? [];

    [JsonIgnore]
    public bool HashesChunks => Expectations.Any(each => each.Type == ExpectationTypes.DuplicateShare);

    [JsonIgnore]
    public bool SignsFiles => NearDuplicates != Keep;

    /// <summary>Reads what the store's row has; <c>{}</c> is none.</summary>
    public static QualityPolicy Read(string stored) =>
        stored == "{}" ? None : JsonSerializer.Deserialize<QualityPolicy>(stored, JsonDefaults.Options)!;

    public string ToJson() => JsonSerializer.Serialize(this, JsonDefaults.Options);

    /// <summary>Says what is wrong with it, if anything, but for what a query says.</summary>
    public Fault? Check()
    {
        if (NearDuplicates is not (Keep or Link or Collapse or NewestWins))
        {
            return new(
                FaultCode.InvalidArgument,
                "'near_duplicates' must be 'keep', 'link', 'collapse' or 'newest_wins'.", "near_duplicates");
        }

        if (Expectations.Count > MaxExpectations
            || Expectations.Count(each => each?.Type == ExpectationTypes.Sql) > MaxSql)
        {
            return new(
                FaultCode.InvalidArgument,
                $"A store has at most {MaxExpectations} 'expectations', {MaxSql} of them of the type 'sql'.",
                "expectations");
        }

        return Expectations.Index().Select(each => ExpectationTypes.Check(each.Item, $"expectations[{each.Index}]"))
            .FirstOrDefault(fault => fault is not null);
    }
}

/// <summary>Something that a store expects of each file that is indexed into it.</summary>
/// <param name="Type">One of <see cref="ExpectationTypes"/>.</param>
/// <param name="Severity"><c>warn</c>, or <c>block</c>: a file that does not meet it is quarantined.</param>
internal sealed record Expectation(
    string Type, string Severity = Expectation.Warn, IReadOnlyDictionary<string, JsonElement>? Parameters = null)
{
    public const string Warn = "warn";
    public const string Block = "block";

    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } =
        Parameters ?? new Dictionary<string, JsonElement>();

    public double? Number(string name) => Parameters.TryGetValue(name, out var value) ? value.GetDouble() : null;

    public string? Text(string name) => Parameters.TryGetValue(name, out var value) ? value.GetString() : null;

    public IReadOnlyList<string> Texts(string name) =>
        Parameters.TryGetValue(name, out var value)
            ? [.. value.EnumerateArray().Select(each => each.GetString()!)]
            : [];
}

/// <summary>What was found of one expectation.</summary>
/// <param name="Measured">What was found: words and numbers, never text of the file.</param>
internal sealed record ExpectationResult(
    [property: JsonPropertyName("expectation")] string Type,
    string Severity, string? Name, bool Success, string Measured, string Expected)
{
    [JsonIgnore]
    public bool Blocks => !Success && Severity == Expectation.Block;

    public static ExpectationResult Of(Expectation expectation, bool success, string measured, string expected) =>
        new(expectation.Type, expectation.Severity, expectation.Text("name"), success, measured, expected);

    /// <summary>The same as OpenLineage says it.</summary>
    public DataQualityAssertion ToAssertion() =>
        new(Type, Success, Severity == Expectation.Block ? "error" : "warn", Expected, Measured, Name);
}
