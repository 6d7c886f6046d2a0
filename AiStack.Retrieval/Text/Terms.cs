using System.Collections.Concurrent;
using Lucene.Net.Tartarus.Snowball.Ext;

namespace AiStack.Retrieval.Text;

/// <summary>What a word stands for in a search.</summary>
/// <param name="Hash">Of the stem; two terms of a store that share one are as rare as they are harmless.</param>
/// <param name="IsStopWord">Whether every text has it, so that it tells nothing.</param>
internal sealed record Term(string Stem, uint Hash, bool IsStopWord);

/// <summary>
/// What is searched for: the stems of words, without the words that every text has.
/// </summary>
internal static class Terms
{
    /// <summary>
    /// Words met so far. A language has some hundred thousand; past this many, the rest are looked at each time.
    /// </summary>
    private const int MaxCached = 500_000;

    private static readonly ConcurrentDictionary<string, Term> _known = new(StringComparer.Ordinal);

    private static readonly ThreadLocal<EnglishStemmer> _stemmer = new(() => new EnglishStemmer());

    // Function words and the words that questions are made of.
    private static readonly HashSet<string> _stopWords = new(
        """
        a an and are as at be been being but by can could did do does doing for from had has have having he her hers him
        his how i if in into is it its itself me my of on or our ours she should so some such than that the their theirs
        them then there these they this those to too us was we were what when where which while who whom whose why will
        with would you your yours about am any also just may might must shall
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    /// <summary>The terms of a text, in order, stop words left out.</summary>
    public static IEnumerable<Term> In(string text)
    {
        foreach (var word in Words.In(text))
        {
            if (Of(word.Form) is { IsStopWord: false } term)
            {
                yield return term;
            }
        }
    }

    /// <summary>The term that a word, in its compared form, stands for.</summary>
    public static Term Of(string form)
    {
        if (_known.TryGetValue(form, out var known))
        {
            return known;
        }

        var stem = Stem(form);
        var term = new Term(stem, Hash(stem), form.Length == 0 || _stopWords.Contains(form));
        if (_known.Count < MaxCached)
        {
            _known.TryAdd(form, term);
        }

        return term;
    }

    private static string Stem(string form)
    {
        var stemmer = _stemmer.Value!;
        stemmer.SetCurrent(form);
        stemmer.Stem();
        return stemmer.Current;
    }

    /// <summary>
    /// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): stable over processes, as stored hashes must be.
    /// </summary>
    private static uint Hash(string stem)
    {
        var hash = 2_166_136_261u;
        foreach (var c in stem)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        return Mix(hash);
    }

    /// <summary>Another hash of a hash: murmur3's finaliser, for FNV's low bits mix badly.</summary>
    public static uint Mix(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
