using AiStack.Contracts;

namespace AiStack.Console.Ask;

/// <summary>Where an answer stands.</summary>
internal enum TurnState
{
    Searching,
    Answering,
    Answered,
    Stopped,
    Failed,
}

/// <summary>A question and what came of it.</summary>
public sealed class Turn(string question, string model, string? storeId, string? storeTitle)
{
    public string Question => question;

    public string Model { get; set; } = model;

    public string? StoreId => storeId;

    public string? StoreTitle => storeTitle;

    internal TurnState State { get; set; }

    internal AnswerText Answer { get; set; } = new("", []);

    internal IReadOnlyList<Passage> Passages { get; set; } = [];

    internal Fault? Fault { get; set; }

    public bool IsRefusal { get; set; }

    public TimeSpan? FirstWords { get; set; }

    public TimeSpan? Total { get; set; }

    public int? InputTokens { get; set; }

    public int? OutputTokens { get; set; }

    internal bool IsUnderWay => State is TurnState.Searching or TurnState.Answering;
}
