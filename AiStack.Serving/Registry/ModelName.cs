using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.Serving.Engines;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Registry;

/// <summary>Names of models and aliases, and of versions: <c>support</c> and <c>support@3</c>.</summary>
internal static partial class ModelName
{
    private const char Separator = '@';

    public static string OfVersion(string model, int number) => $"{model}{Separator}{number}";

    /// <summary>The model and the number of which <paramref name="name"/> consists; null when it is no version's.
    /// </summary>
    public static (string Model, int Number)? ReadVersion(string? name) =>
        name?.Split(Separator) is [var model, var digits] && Allowed().IsMatch(model)
        && int.TryParse(digits, System.Globalization.NumberStyles.None, null, out var number)
            ? (model, number)
            : null;

    /// <summary>Why a model or an alias cannot have this name; null when it can.</summary>
    public static Fault? Check(string name, string field, EngineCatalog engines) =>
        !Allowed().IsMatch(name) || EngineNames.All.Contains(name) || engines.HasOwn(name)
            ? RequestChecks.Invalid(
                $"'{field}' must begin with a small letter, have at most 64 small letters, digits, '.', '_' and '-', "
                + "and not be an engine's own name.",
                field)
            : null;

    [GeneratedRegex("^[a-z][a-z0-9._-]{0,63}$")]
    private static partial Regex Allowed();
}
