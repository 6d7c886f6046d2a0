namespace AiStack.Retrieval.OnnxModels;

/// <summary>A text as a model reads it.</summary>
/// <param name="Ids">The numbers of its pieces, those that begin and end it included.</param>
/// <param name="Types">0, and 1 for what belongs to the second text of two.</param>
internal sealed record TokenIds(long[] Ids, long[] Types)
{
    public static TokenIds OfOne(long[] ids) => new(ids, new long[ids.Length]);

    /// <param name="second">The second text, without what begins it.</param>
    public static TokenIds OfTwo(ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        var types = new long[first.Length + second.Length];
        types.AsSpan(first.Length).Fill(1);
        return new([.. first, .. second], types);
    }
}
