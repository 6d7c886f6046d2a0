using AiStack.Contracts;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Quality;

namespace AiStack.Retrieval.Search;

/// <summary>
/// What a search does with files that are much the same. Only files that the search may find count, so that a file of
/// others hides nothing and is named to nobody; and each that is hidden is alike, itself, to one that is not.
/// </summary>
internal static class NearDuplicates
{
    /// <summary>Files that are named with a passage.</summary>
    private const int MaxNamed = 10;

    /// <summary>Files that one is compared with in a search; like ones beyond these are shown, or not named.</summary>
    private const int MaxCompared = 200;

    /// <summary>The files that others stand for.</summary>
    public static HashSet<Id<StoredFile>> Hidden(
        StoreIndex index, string policy, Func<IndexedFile, bool> finds, Func<int, float> score)
    {
        var hidden = new HashSet<Id<StoredFile>>();
        if (policy is not (QualityPolicy.Collapse or QualityPolicy.NewestWins))
        {
            return hidden;
        }

        foreach (var group in index.Groups)
        {
            var files = group.Where(finds).ToList();
            var order = policy == QualityPolicy.NewestWins
                ? files.OrderByDescending(file => file.Likeness!.AddedAt).ThenByDescending(file => file.Id.Value)
                : files.OrderByDescending(file => index.DocumentsOf(file.Id).Max(score))
                    .ThenByDescending(file => file.Id.Value);
            var shown = new List<IndexedFile>();
            foreach (var file in order)
            {
                if (shown.Take(MaxCompared).Any(other => other.Likeness!.IsOf(file.Likeness!)))
                {
                    hidden.Add(file.Id);
                }
                else
                {
                    shown.Add(file);
                }
            }
        }

        return hidden;
    }

    /// <summary>The same chunks, with the files that the search may find and that are near-duplicates of their own.
    /// </summary>
    public static IReadOnlyList<FoundChunk> Name(
        StoreIndex index, string policy, Func<IndexedFile, bool> finds, List<FoundChunk> found)
    {
        if (policy == QualityPolicy.Keep)
        {
            return found;
        }

        var named = new Dictionary<Id<StoredFile>, IReadOnlyList<Id<StoredFile>>>();
        return found.ConvertAll(chunk =>
        {
            if (!named.TryGetValue(chunk.FileId, out var others))
            {
                var file = index.Files[index.DocumentsOf(chunk.FileId)[0]]!;
                named[chunk.FileId] = others = Others(index, finds, file);
            }

            return others.Count == 0 ? chunk : chunk with { NearDuplicates = others };
        });
    }

    private static List<Id<StoredFile>> Others(
        StoreIndex index, Func<IndexedFile, bool> finds, IndexedFile file) => file.Likeness is not { } own
        ? []
        :
        [
            .. index.Group(own.Group).Where(other => other.Id != file.Id && finds(other)).Take(MaxCompared)
                .Where(other => own.IsOf(other.Likeness!))
                .OrderByDescending(other => other.Likeness!.AddedAt).Take(MaxNamed).Select(other => other.Id),
        ];
}
