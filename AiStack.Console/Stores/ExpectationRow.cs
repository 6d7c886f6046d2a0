using System.Globalization;
using System.Text.Json;

namespace AiStack.Console.Stores;

/// <summary>What an expectation of a type can be told, as the form asks for it.</summary>
internal sealed record ExpectationParameter(string Name, string Label, string Example = "")
{
    private static readonly ExpectationParameter _share = Number("max", "At most, of 1", "0.5");

    private static readonly Dictionary<string, ExpectationParameter[]> _types = new()
    {
        ["text_length"] =
        [
            Number("min", "At least, in characters", "100") with { IsRequired = false },
            Number("max", "At most, in characters", "") with { IsRequired = false },
        ],
        ["language"] = [Names("allowed", "Languages, by ISO 639-1", "en, de")],
        ["symbol_share"] = [_share with { Example = "0.3" }],
        ["unreadable_share"] = [_share with { Example = "0.01" }],
        ["freshness"] =
        [
            Number("max_days", "At most, in days", "365"), new("attribute", "Attribute that has the date, if any"),
        ],
        ["required_attributes"] = [Names("names", "Names, with commas between", "team")],
        ["duplicate_share"] = [_share],
        ["sql"] =
        [
            new("query", "SELECT over chunks: each row is a failure",
                "select ordinal from chunks where characters > 10000") { IsQuery = true, IsRequired = true },
            Number("max_failures", "Rows that may fail", "") with { IsRequired = false },
        ],
    };

    private static readonly ExpectationParameter _name = new("name", "Its name, if any");

    public static IEnumerable<string> Types => _types.Keys;

    public bool IsNumber { get; private init; }

    public bool IsList { get; private init; }

    public bool IsQuery { get; private init; }

    public bool IsRequired { get; private init; }

    /// <summary>None of a type that is not known here.</summary>
    public static IEnumerable<ExpectationParameter> Of(string type) =>
        _types.TryGetValue(type, out var known) ? [.. known, _name] : [];

    public static ExpectationView Begun(string type) => new(type, "warn", Of(type)
        .Where(parameter => parameter.Example.Length > 0)
        .ToDictionary(parameter => parameter.Name, parameter => parameter.Read(parameter.Example)));

    /// <summary>What was typed, as the API takes it; what is no number is for the API to refuse.</summary>
    public JsonElement Read(string said) =>
        IsNumber && double.TryParse(said, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonSerializer.SerializeToElement(number)
        : IsList
            ? JsonSerializer.SerializeToElement(
                said.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : JsonSerializer.SerializeToElement(said);

    public static string Write(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Join(", ", value.EnumerateArray())
        : value.ToString();

    private static ExpectationParameter Number(string name, string label, string example) =>
        new(name, label, example) { IsNumber = true, IsRequired = true };

    private static ExpectationParameter Names(string name, string label, string example) =>
        new(name, label, example) { IsList = true, IsRequired = true };
}

/// <summary>An expectation while it is edited.</summary>
internal sealed class ExpectationRow(ExpectationView from)
{
    // What the form does not ask for stays as it was.
    private Dictionary<string, JsonElement> _parameters = new(from.Parameters);

    public string Type { get; private set; } = from.Type;

    public string Severity { get; set; } = from.Severity;

    public void Become(string type) => (Type, _parameters) = (type, new(ExpectationParameter.Begun(type).Parameters));

    public string Said(ExpectationParameter parameter) =>
        _parameters.TryGetValue(parameter.Name, out var value) ? ExpectationParameter.Write(value) : "";

    public void Say(ExpectationParameter parameter, object? said)
    {
        if (said?.ToString() is { } text && !string.IsNullOrWhiteSpace(text))
        {
            _parameters[parameter.Name] = parameter.Read(text);
        }
        else
        {
            _parameters.Remove(parameter.Name);
        }
    }

    public ExpectationView ToExpectation() => new(Type, Severity, _parameters);
}
