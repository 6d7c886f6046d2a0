using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.ServiceDefaults;

namespace AiStack.Console.Ask;

/// <summary>What a tab keeps of its conversation, so that a reload or a lost connection loses none of it.</summary>
internal sealed record SavedConversation(IReadOnlyList<AskSettings> Columns, IReadOnlyList<Turn> Turns)
{
    /// <summary>
    /// Browsers keep 5 MB for a site; long conversations lose their oldest turns before they get there.
    /// </summary>
    private const int MaxLength = 1_000_000;

    private static readonly JsonSerializerOptions _options = new(JsonDefaults.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Write()
    {
        var turns = Turns.Select(turn => JsonSerializer.SerializeToElement(turn, _options)).ToList();
        var length = turns.Sum(turn => turn.GetRawText().Length);
        while (length > MaxLength)
        {
            length -= turns[0].GetRawText().Length;
            turns.RemoveAt(0);
        }

        return JsonSerializer.Serialize(new { Columns, Turns = turns }, _options);
    }

    /// <summary>
    /// Reads what was kept; <c>null</c> when there is nothing, or nothing that this version can read.
    /// </summary>
    public static SavedConversation? Read(string? saved)
    {
        if (string.IsNullOrEmpty(saved))
        {
            return null;
        }

        try
        {
            var read = JsonSerializer.Deserialize<SavedConversation>(saved, _options);
            if (read is null || !IsWhole(read))
            {
                return null;
            }

            foreach (var answer in read.Turns.SelectMany(turn => turn.Answers).Where(answer => answer.IsUnderWay))
            {
                answer.State = AnswerState.Stopped; // The reload ended it.
            }

            return read;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Anyone at the browser can write to its storage: when a part is missing, the whole is dropped.
    private static bool IsWhole(SavedConversation read) =>
        read is { Columns.Count: > 0 and <= Conversation.MaxColumns, Turns: not null }
        && read.Columns.All(column => column is { Model: not null, Instructions: not null, Ranker: not null,
            Filters: not null, AskedFor: not null })
        && read.Turns.All(turn => turn is { Question: not null, Answers.Count: > 0 } && turn.Answers.All(IsWhole));

    private static bool IsWhole(TurnAnswer answer) =>
        answer is { Settings: not null, Text: not null, Citations: not null, Passages: not null }
        && (answer.State != AnswerState.Failed || answer.Fault is not null);
}
