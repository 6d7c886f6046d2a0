namespace AiStack.Ingest.Chunking;

/// <summary>
/// Token counts without a tokenizer: a token is taken as four characters, the rule of thumb that OpenAI gives for
/// English (https://help.openai.com/en/articles/4936856). The built-in embedder has no window to overflow, so an
/// estimate is enough.
/// </summary>
internal static class Tokens
{
    public const int CharactersPerToken = 4;

    public static int Count(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
