using AiStack.Contracts;
using AiStack.Retrieval.Indexing;
using AiStack.TextAnalysis;

namespace AiStack.Retrieval.Search;

/// <summary>A store in one search: what of it those may find who ask. Not for several threads.</summary>
internal sealed class AskedStore(
    Id<VectorStore> id, LoadedStore store, IReadOnlySet<string> principals, string nearDuplicates)
{
    private StoreView? _view;
    private StoreIndex? _index;

    public Id<VectorStore> Id => id;

    /// <summary>What it does with near-duplicates.</summary>
    public string NearDuplicates => nearDuplicates;

    /// <summary>The languages of what they may find in all of them.</summary>
    public static HashSet<Language> LanguagesOf(IEnumerable<AskedStore> stores) =>
        stores.SelectMany(store => store.Read(view => view.Languages.ToList())).ToHashSet();

    /// <summary>In how many chunks that they may find the term with this hash is.</summary>
    public int CountOf(uint hash) =>
        Read(view => view.Index.Postings(hash) is { } postings ? view.LiveCount(postings) : 0);

    /// <summary>
    /// Reads what they may find; nothing changes in it meanwhile. An index that was replaced since is read on: nobody
    /// writes to it any more, and one search is of one of them.
    /// </summary>
    public T Read<T>(Func<StoreView, T> read) => store.Read(index => read(ViewOf(_index ??= index)));

    private StoreView ViewOf(StoreIndex index) =>
        _view = _view?.IsOf(index) == true ? _view : index.For(principals);
}
