namespace AiStack.Gateway.Idempotency;

/// <summary>Streams that began with 200 and say at their end that the answer failed.</summary>
internal static class FailedStreams
{
    /// <summary>
    /// Whether an event says so, by its name or, in chats, by its data. Texts cannot look like it: JSON has no line
    /// breaks in texts.
    /// </summary>
    public static bool IsOne(string? contentType, ReadOnlySpan<byte> body) =>
        contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true
        && (body.IndexOf("\nevent: error\n"u8) >= 0
            || body.IndexOf("\nevent: response.failed\n"u8) >= 0
            || body.IndexOf("\ndata: {\"error\":"u8) >= 0
            || body.StartsWith("event: error\n"u8));
}
