using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Synonyms;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Says a query in other words, too: what people type is often not what documents call it. Only words that the stores
/// have, as those see them who ask.
/// </summary>
internal static class Wordings
{
    /// <summary>Each is a search of its own.</summary>
    private const int MaxOthers = 3;

    /// <summary>What stands for one word or phrase.</summary>
    private const int MaxForEach = 2;

    /// <summary>The query, and it in other words. Everyday words count in queries of their language alone.</summary>
    public static IReadOnlyList<string> Of(
        string query, IReadOnlyList<SynonymRules> rules, IReadOnlyList<AskedStore> stores)
    {
        var said = new HashSet<uint>(rules.SelectMany(some => some.Language.TermsIn(query)).Select(term => term.Hash));
        var places = new List<Replaceable>();
        var counting = rules.Contains(SynonymRules.English) && Languages.Of(query) != Languages.English
            ? rules.Where(some => some != SynonymRules.English)
            : rules;
        foreach (var some in counting)
        {
            places.AddRange(some.In(query)
                .Where(place => places.TrueForAll(other => place.End <= other.Start || place.Start >= other.End))
                .Select(place => place with
                {
                    Written = [.. place.Written.Where(phrase => InUse(phrase, some.Language)).Take(MaxForEach)],
                })
                .Where(place => place.Written.Count > 0)
                .ToList());
        }

        places.Sort((one, other) => one.Start.CompareTo(other.Start));
        return
        [
            query,
            .. Others().Where(other => other.Length <= SearchPassages.MaxQueryLength)
                .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxOthers),
        ];

        // What the person said is there or not as it was.
        bool InUse(string phrase, Language language)
        {
            var terms = language.TermsIn(phrase).ToList();
            return terms.Count > 0 && terms.TrueForAll(term =>
                said.Contains(term.Hash) || stores.Any(store => store.CountOf(term.Hash) > 0));
        }

        IEnumerable<string> Others()
        {
            for (var choice = 0; choice < MaxForEach && places.Count > 0; choice++)
            {
                yield return With(query, places, place => place.Written[Math.Min(choice, place.Written.Count - 1)]);
            }

            foreach (var place in places)
            {
                yield return With(query, [place], one => one.Written[0]);
            }
        }
    }

    private static string With(string query, List<Replaceable> places, Func<Replaceable, string> chosen)
    {
        for (var i = places.Count - 1; i >= 0; i--)
        {
            query = $"{query[..places[i].Start]}{chosen(places[i])}{query[places[i].End..]}";
        }

        return query;
    }
}
