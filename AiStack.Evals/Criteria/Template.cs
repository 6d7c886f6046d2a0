using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Contracts;

namespace AiStack.Evals.Criteria;

/// <summary>
/// A text with holes, in OpenAI's notation: <c>{{item.question}}</c> is a field of the dataset's item,
/// <c>{{sample.output_text}}</c> what the model made of it.
/// </summary>
internal sealed partial class Template
{
    /// <summary>The longest template, in UTF-16 code units.</summary>
    public const int MaxLength = 16_000;

    /// <summary>
    /// What a sample offers: its text, whether it is a refusal, and the name of the first file it cites.
    /// </summary>
    public static readonly IReadOnlyList<string> SampleFields = ["output_text", "refused", "cited_filename"];

    private readonly string _text;

    private Template(string text, IReadOnlyList<string> itemFields) => (_text, ItemFields) = (text, itemFields);

    /// <summary>The fields that every item must have for this template to be filled in.</summary>
    public IReadOnlyList<string> ItemFields { get; }

    /// <summary>
    /// Reads a template; a hole that nothing could fill is a fault that names <paramref name="parameter"/>.
    /// </summary>
    public static Outcome<Template> Read(string text, string parameter, bool mayUseSample)
    {
        if (text.Length > MaxLength)
        {
            return new Fault(FaultCode.InvalidArgument, $"A template has at most {MaxLength} characters.", parameter);
        }

        List<string> itemFields = [];
        foreach (Match hole in Hole().Matches(text))
        {
            var (scope, field) = (hole.Groups["scope"].Value, hole.Groups["field"].Value);
            var isWhole = string.IsNullOrWhiteSpace(hole.Groups["rest"].Value);
            if (isWhole && scope == "item" && field.Length > 0)
            {
                itemFields.Add(field);
            }
            else if (!isWhole || !mayUseSample || scope != "sample" || !SampleFields.Contains(field))
            {
                return new Fault(
                    FaultCode.InvalidArgument,
                    mayUseSample
                        ? $"A template may use item.<field> and sample.{string.Join(", sample.", SampleFields)}."
                        : "A template of input messages may use item.<field>.",
                    parameter);
            }
        }

        return new Template(text, [.. itemFields.Distinct()]);
    }

    /// <summary>The text with its holes filled. A field that is not a text is written as JSON.</summary>
    public string Fill(JsonElement item, Func<string, string>? sampleField = null)
    {
        var filled = new StringBuilder();
        var end = 0;
        foreach (Match hole in Hole().Matches(_text))
        {
            var field = hole.Groups["field"].Value;
            filled.Append(_text, end, hole.Index - end);
            filled.Append(hole.Groups["scope"].Value == "item" ? Text(item.GetProperty(field)) : sampleField!(field));
            end = hole.Index + hole.Length;
        }

        return filled.Append(_text, end, _text.Length - end).ToString();
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    [GeneratedRegex(@"\{\{\s*(?<scope>\w*)\.?(?<field>\w*)(?<rest>[^{}]*)\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();
}
