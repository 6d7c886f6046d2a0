namespace AiStack.Serving.Guards;

/// <summary>What guards did, in words: <c>input pii.email mask 2; output topics.topic flag 1</c>.</summary>
internal static class GuardWords
{
    /// <summary>OpenAI's limit of a value in the metadata.</summary>
    private const int MaxLength = 512;

    public static string Of(IEnumerable<KeyValuePair<GuardCount, int>> acted)
    {
        var words = string.Join("; ", acted.Select(each =>
            $"{each.Key.Place} {each.Key.Guard}.{each.Key.Kind} {each.Key.Action} {each.Value}"));
        return words.Length <= MaxLength ? words : words[..words.LastIndexOf(';', MaxLength - 1)];
    }
}
