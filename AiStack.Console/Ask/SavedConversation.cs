using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.ServiceDefaults;

namespace AiStack.Console.Ask;

/// <summary>What a tab keeps of its conversation, so that a reload or a lost connection loses none of it.</summary>
internal sealed record SavedConversation(IReadOnlyList<AskSettings> Columns, IReadOnlyList<Turn> Turns)
{
    /// <summary>Browsers keep 5 MB for a site; long conversations lose their oldest turns before they get there.</summary>
    private const int MaxLength = 1_000_000;

    private static readonly JsonSerializerOptions Options = new(JsonDefaults.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Write()
    {
        var turns = Turns.Select(turn => JsonSerializer.SerializeToElement(turn, Options)).ToList();
        var length = turns.Sum(turn => turn.GetRawText().Length);
        while (length > MaxLength)
        {
            length -= turns[0].GetRawText().Length;
            turns.RemoveAt(0);
        }

        return JsonSerializer.Serialize(new { Columns, Turns = turns }, Options);
    }

    /// <summary>Reads what was kept; <c>null</c> when there is nothing, or nothing that this version can read.</summary>
    public static SavedConversation? Read(string? saved)
    {
        if (string.IsNullOrEmpty(saved))
        {
            return null;
        }

        try
        {
            var read = JsonSerializer.Deserialize<SavedConversation>(saved, Options);
            if (read is not { Columns.Count: > 0 and <= Conversation.MaxColumns, Turns: not null })
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
}
