namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Tells a client that waits for files when to look again. OpenAI's clients heed this header of OpenAI's servers, and
/// without it wait five seconds: most files take less than one.
/// </summary>
internal static class PollHint
{
    public const string Header = "openai-poll-after-ms";

    private const int Milliseconds = 200;

    public static void Give(HttpResponse response, string status)
    {
        if (status == "in_progress")
        {
            response.Headers[Header] = $"{Milliseconds}";
        }
    }
}
