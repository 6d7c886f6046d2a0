using System.Text;
using AiStack.Contracts.Search;
using AiStack.Serving.FileSearch;
using AiStack.TextAnalysis;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// What a model was shown for one answer, by the numbers that it cites by, from 1: the passages that were found, the
/// best with what of their sections fits into the rest of the room. A small passage is found better; its section is
/// what a reader needs.
/// </summary>
internal sealed class NumberedPassages
{
    /// <summary>How many of the best passages are read with their sections; more cost more than they tell.</summary>
    private const int WithSections = 3;

    private readonly List<ShownPassage> _shown = [];
    private Support? _support;

    /// <summary>What they bear out, those shown so far.</summary>
    public Support Support => _support ??= new(_shown.SelectMany(shown => shown.Parts));

    public bool Has(int number) => number >= 1 && number <= _shown.Count;

    public ShownPassage this[int number] => _shown[number - 1];

    /// <summary>
    /// Shows as many passages as fit into <paramref name="maxTokens"/>, best first, and in the room that is left what
    /// stands beside the best of them. What was shown before keeps its number.
    /// </summary>
    public string Show(PassageSearchResponse found, int maxTokens)
    {
        var text = new StringBuilder();
        var left = maxTokens;
        List<Passage> fresh = [];
        foreach (var passage in found.Results)
        {
            var number = NumberOf(passage);
            var alone = new ShownPassage(passage, [passage]).Format(number ?? _shown.Count + fresh.Count + 1);
            left -= Tokens.Count(alone);
            if (left < 0)
            {
                break;
            }

            if (number is null)
            {
                fresh.Add(passage);
            }
            else
            {
                text.Append(alone);
            }
        }

        foreach (var shown in Merged(fresh, Beside(fresh, left)))
        {
            _shown.Add(shown);
            _support = null;
            text.Append(shown.Format(_shown.Count));
        }

        return text.Length == 0 ? "(none found)\n" : text.ToString();
    }

    private int? NumberOf(Passage passage) =>
        _shown.FindIndex(shown => shown.Parts.Any(part => part.ChunkId == passage.ChunkId)) is var index and >= 0
            ? index + 1
            : null;

    /// <summary>
    /// What stands beside the passages and fits: of the best passage first, and of each what is nearest to it.
    /// </summary>
    private List<Passage> Beside(List<Passage> passages, int maxTokens)
    {
        var known = passages.Concat(_shown.SelectMany(shown => shown.Parts)).Select(part => part.ChunkId).ToHashSet();
        List<Passage> beside = [];
        foreach (var passage in passages.Take(WithSections))
        {
            foreach (var part in (passage.Section ?? []).OrderBy(part => Math.Abs(part.Ordinal - passage.Ordinal)))
            {
                if (known.Contains(part.ChunkId))
                {
                    continue;
                }

                maxTokens -= Tokens.Count(part.Text) + 1;
                if (maxTokens < 0)
                {
                    return beside;
                }

                known.Add(part.ChunkId);
                beside.Add(PassageParts.Of(passage, part));
            }
        }

        return beside;
    }

    /// <summary>Neighbours of one section are shown as one, where the best of them would be.</summary>
    private static IEnumerable<ShownPassage> Merged(List<Passage> passages, List<Passage> beside)
    {
        List<List<Passage>> runs = [];
        foreach (var part in passages.Concat(beside).OrderBy(part => part.Ordinal))
        {
            if (runs.Find(run => AreNeighbours(run[^1], part)) is { } run)
            {
                run.Add(part);
            }
            else
            {
                runs.Add([part]);
            }
        }

        return runs.Select(run => new ShownPassage(run.MinBy(Rank)!, run)).OrderBy(shown => Rank(shown.Found));

        uint Rank(Passage part) => (uint)passages.IndexOf(part); // What was not found comes last.
    }

    private static bool AreNeighbours(Passage before, Passage part) =>
        part.Ordinal == before.Ordinal + 1
        && (part.FileId, part.VectorStoreId, part.Heading) == (before.FileId, before.VectorStoreId, before.Heading);
}
