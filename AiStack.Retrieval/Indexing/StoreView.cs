using AiStack.TextAnalysis;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// What of a store's index one who asks may find. All that a search takes from the index, counts of words included, it
/// takes through this, so that nothing of other files has a part in it. Good for as long as the index does not change.
/// </summary>
internal sealed class StoreView
{
    private readonly bool[]? _seen;
    private readonly long _changes;

    /// <param name="seen">Whether each audience of the index is theirs; null where all files are for everybody.</param>
    public StoreView(StoreIndex index, Audiences audiences, bool[]? seen)
    {
        (Index, _seen, _changes) = (index, seen, index.Changes);
        var own = (seen ?? []).Index().Where(each => each.Item).Select(each => audiences[each.Index]).ToList();
        (Count, var length) = (index.CountForEverybody, index.LengthForEverybody);
        foreach (var audience in own)
        {
            (Count, length) = (Count + audience.Documents, length + audience.Length);
        }

        AverageLength = Count == 0 ? 0 : (double)length / Count;
        Languages = own.Count == 0
            ? index.LanguagesForEverybody
            : own.SelectMany(audience => audience.Languages).Concat(index.LanguagesForEverybody).ToHashSet();
    }

    public StoreIndex Index { get; }

    /// <summary>Documents that can be found.</summary>
    public int Count { get; }

    public double AverageLength { get; }

    /// <summary>The languages of what can be found: a word of a query is compared as each of them does.</summary>
    public IReadOnlyCollection<Language> Languages { get; }

    /// <summary>Whether the index is still as it was.</summary>
    public bool IsOf(StoreIndex index) => ReferenceEquals(index, Index) && index.Changes == _changes;

    /// <summary>Whether the document of this file can be found; null is one that was removed.</summary>
    public bool Sees(IndexedFile? file) =>
        file is not null && (_seen is null || file.Audience is null || _seen[file.Audience.Number]);

    /// <summary>In how many documents that can be found a term occurs.</summary>
    public int LiveCount(StoreIndex.PostingList postings)
    {
        if (Count == Index.Capacity)
        {
            return postings.Count;
        }

        var live = 0;
        var files = Index.Files;
        foreach (var document in postings.Documents)
        {
            live += Sees(files[document]) ? 1 : 0;
        }

        return live;
    }
}
