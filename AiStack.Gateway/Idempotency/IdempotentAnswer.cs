namespace AiStack.Gateway.Idempotency;

/// <summary>The answer that a request was given first.</summary>
/// <param name="RequestId">The id of the first request, to look its trace up by.</param>
/// <param name="Body">Null when it is not kept.</param>
internal sealed record IdempotentAnswer(int Status, string? ContentType, string? RequestId, byte[]? Body);

/// <summary>What a request with an Idempotency-Key finds.</summary>
internal abstract record Finding
{
    /// <summary>It is the first, and is to be answered.</summary>
    internal sealed record First : Finding;

    /// <summary>One like it is being answered.</summary>
    internal sealed record Running : Finding;

    /// <summary>The key was used for another request.</summary>
    internal sealed record Other : Finding;

    /// <summary>It was answered before.</summary>
    internal sealed record Answered(IdempotentAnswer Answer) : Finding;
}
