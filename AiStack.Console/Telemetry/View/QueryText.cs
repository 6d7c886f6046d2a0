using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace AiStack.Console.Telemetry.View;

/// <summary>
/// The query of an address: the filters of a page, so that a link can be shared and the back button works.
/// </summary>
internal sealed class QueryText(string uri)
{
    /// <summary>What was written longer than this is no filter that a person wrote.</summary>
    private const int MaxLength = 500;

    private readonly Dictionary<string, StringValues> _values =
        QueryHelpers.ParseQuery(new Uri(uri, UriKind.Absolute).Query);

    /// <summary>The value of a name; <c>null</c> when it is not there or empty.</summary>
    public string? this[string name] =>
        _values.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 and <= MaxLength } value
            ? value
            : null;

    public bool Has(string name) => this[name] is not (null or "0" or "false");

    /// <summary>The address of a page with what is set of these.</summary>
    public static string Address(string path, params (string Name, string? Value)[] values) =>
        QueryHelpers.AddQueryString(
            path,
            values.Where(pair => !string.IsNullOrEmpty(pair.Value))
                .Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
}
