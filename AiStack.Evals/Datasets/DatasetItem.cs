using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Evals.Datasets;

/// <summary>One question of a dataset, and what a right answer to it looks like.</summary>
/// <param name="Json">The item as it was given, compact: templates and graders may name any of its fields.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Source">The name or id of the file that holds the answer; null when none does.</param>
/// <param name="Answers">The accepted answers, any of which will do; empty when only the source is expected.</param>
/// <param name="Answerable">Whether the sources hold an answer; if not, a refusal is the right answer.</param>
internal sealed record DatasetItem(
    string Json, string Question, string? Source, IReadOnlyList<string> Answers, bool Answerable)
{
    /// <summary>The longest question, in UTF-16 code units.</summary>
    public const int MaxQuestionLength = 8_000;

    /// <summary>The most accepted answers to one question.</summary>
    public const int MaxAnswers = 20;

    private static readonly JsonSerializerOptions _compact = new() { WriteIndented = false };

    /// <summary>Reads an item that was accepted before.</summary>
    public static DatasetItem Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement).TryGet(out var item, out var fault)
            ? item
            : throw new InvalidOperationException($"A stored dataset item is not valid: {fault.Message}");
    }

    /// <summary>Reads an item; a fault's <see cref="Fault.Parameter"/> is the field at fault.</summary>
    public static Outcome<DatasetItem> Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return new Fault(FaultCode.InvalidArgument, "must be a JSON object");
        }

        if (Text(item, "question") is not { Length: > 0 and <= MaxQuestionLength } question)
        {
            return Wrong("question", $"must be a text of 1 to {MaxQuestionLength} characters");
        }

        if (!TryAnswerable(item, out var answerable))
        {
            return Wrong("answerable", "must be true or false");
        }

        if (!TryAnswers(item, out var answers))
        {
            return Wrong("answer", $"must be a text that is not blank, or a list of 1 to {MaxAnswers} of them");
        }

        var source = Text(item, "filename") ?? Text(item, "source");
        if (answerable && string.IsNullOrWhiteSpace(source))
        {
            return Wrong("filename", "must name the expected source, unless 'answerable' is false");
        }

        if (!answerable && answers.Count > 0)
        {
            return Wrong("answer", "must be absent when 'answerable' is false");
        }

        return new DatasetItem(
            JsonSerializer.Serialize(item, _compact), question, answerable ? source : null, answers, answerable);
    }

    private static bool TryAnswerable(JsonElement item, out bool answerable)
    {
        answerable = true;
        if (!TryField(item, "answerable", out var value))
        {
            return true;
        }

        answerable = value.ValueKind == JsonValueKind.True;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private static bool TryAnswers(JsonElement item, out IReadOnlyList<string> answers)
    {
        answers = [];
        if (!TryField(item, "answer", out var value))
        {
            return true;
        }

        JsonElement[] texts = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (texts.Length is 0 or > MaxAnswers || texts.Any(text => text.ValueKind != JsonValueKind.String))
        {
            return false;
        }

        answers = [.. texts.Select(text => text.GetString()!)];
        return !answers.Any(string.IsNullOrWhiteSpace);
    }

    // JSON's null is how spreadsheets and data frames write "absent".
    private static bool TryField(JsonElement item, string name, out JsonElement value) =>
        item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Fault Wrong(string field, string rule) => new(FaultCode.InvalidArgument, rule, field);
}
