using AiStack.Contracts;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.Responses;

/// <summary>An event of a streamed response.</summary>
internal abstract record ResponseEvent(string Type)
{
    /// <summary>Counts from 0.</summary>
    public int SequenceNumber { get; init; }
}

/// <summary>How the response stands: <c>response.created</c>, <c>.in_progress</c>, and how it ended.</summary>
internal record ResponseStateEvent(string Type, ResponseObject Response) : ResponseEvent(Type);

/// <summary>The last event.</summary>
internal sealed record ResponseEndEvent(string Type, ResponseObject Response) : ResponseStateEvent(Type, Response)
{
    /// <summary>The fault behind a failure, for an answer that is not streamed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Fault? Fault { get; init; }
}

internal sealed record OutputItemEvent(string Type, int OutputIndex, OutputItem Item) : ResponseEvent(Type);

internal sealed record FileSearchCallEvent(string Type, int OutputIndex, Id<FileSearchCall> ItemId)
    : ResponseEvent(Type);

internal sealed record ContentPartEvent(string Type, int OutputIndex, Id<Message> ItemId, OutputText Part)
    : ResponseEvent(Type)
{
    public int ContentIndex { get; }
}

internal sealed record TextDeltaEvent(int OutputIndex, Id<Message> ItemId, string Delta)
    : ResponseEvent("response.output_text.delta")
{
    public int ContentIndex { get; }

    public IReadOnlyList<object> Logprobs { get; } = [];
}

internal sealed record AnnotationAddedEvent(
    int OutputIndex, Id<Message> ItemId, int AnnotationIndex, FileCitation Annotation)
    : ResponseEvent("response.output_text.annotation.added")
{
    public int ContentIndex { get; }
}

internal sealed record TextDoneEvent(int OutputIndex, Id<Message> ItemId, string Text)
    : ResponseEvent("response.output_text.done")
{
    public int ContentIndex { get; }

    public IReadOnlyList<object> Logprobs { get; } = [];
}
