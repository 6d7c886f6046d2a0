using System.Collections.Concurrent;
using Lucene.Net.Tartarus.Snowball.Ext;

namespace AiStack.Retrieval.Text;

/// <summary>
/// What is searched for: the stems of words, without the words that every text has. A term is known by a 32-bit hash; two terms of a
/// store that share one are as rare as they are harmless.
/// </summary>
internal static class Terms
{
    /// <summary>Stems of the words met so far. A language has some hundred thousand; past this many, the rest are stemmed each time.</summary>
    private const int MaxCached = 500_000;

    private static readonly ConcurrentDictionary<string, string> Stems = new(StringComparer.Ordinal);

    private static readonly ThreadLocal<EnglishStemmer> Stemmer = new(() => new EnglishStemmer());

    // Function words and the words that questions are made of.
    private static readonly HashSet<string> StopWords = new(
        """
        a an and are as at be been being but by can could did do does doing for from had has have having he her hers him his how i if
        in into is it its itself me my of on or our ours she should so some such than that the their theirs them then there these
        they this those to too us was we were what when where which while who whom whose why will with would you your yours about
        am any also just may might must shall
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    public static bool IsStopWord(string form) => form.Length == 0 || StopWords.Contains(form);

    /// <summary>The terms of a text, in order, stop words left out.</summary>
    public static IEnumerable<string> In(string text) =>
        Words.In(text).Where(word => !IsStopWord(word.Form)).Select(word => Stem(word.Form));

    public static string Stem(string form)
    {
        if (Stems.TryGetValue(form, out var known))
        {
            return known;
        }

        var stemmer = Stemmer.Value!;
        stemmer.SetCurrent(form);
        stemmer.Stem();
        var stem = stemmer.Current;
        if (Stems.Count < MaxCached)
        {
            Stems.TryAdd(form, stem);
        }

        return stem;
    }

    /// <summary>FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): stable over processes, as stored hashes must be.</summary>
    public static uint Hash(string term, uint seed = 0)
    {
        var hash = 2_166_136_261u ^ seed;
        foreach (var c in term)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        // FNV's low bits mix badly; this is murmur3's finaliser.
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
