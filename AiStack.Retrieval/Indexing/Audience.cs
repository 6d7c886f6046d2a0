using System.Runtime.InteropServices;
using AiStack.TextAnalysis;

namespace AiStack.Retrieval.Indexing;

/// <summary>Those whom files of a store are for, where they are not for everybody, and what is for them.</summary>
internal sealed class Audience(int number)
{
    private readonly LanguageCounts _languages = new();

    /// <summary>Its place among the store's audiences.</summary>
    public int Number => number;

    /// <summary>Documents that can be found.</summary>
    public int Documents { get; private set; }

    /// <summary>The number of their terms.</summary>
    public long Length { get; private set; }

    public IReadOnlyCollection<Language> Languages => _languages.Present;

    public void Add(int length, Language language)
    {
        (Documents, Length) = (Documents + 1, Length + length);
        _languages.Add(language);
    }

    public void Remove(int length, Language language)
    {
        (Documents, Length) = (Documents - 1, Length - length);
        _languages.Remove(language);
    }
}

/// <summary>In which languages documents are that can be found.</summary>
internal sealed class LanguageCounts
{
    private readonly Dictionary<Language, int> _counts = [];

    public IReadOnlyCollection<Language> Present => _counts.Keys;

    public void Add(Language language) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, language, out _)++;

    public void Remove(Language language)
    {
        if (--CollectionsMarshal.GetValueRefOrAddDefault(_counts, language, out _) == 0)
        {
            _counts.Remove(language);
        }
    }
}

/// <summary>The audiences of a store's files. Files that are for the same people share one.</summary>
internal sealed class Audiences
{
    /// <summary>About what one takes besides its names.</summary>
    private const int BytesPerAudience = 300;

    /// <summary>About what a name takes besides its letters: its place in a list.</summary>
    private const int BytesPerName = 60;

    private readonly List<Audience> _all = [];
    private readonly Dictionary<string, Audience> _byNames = [];
    private readonly Dictionary<string, List<Audience>> _byPrincipal = [];

    public long ApproximateBytes { get; private set; }

    /// <summary>True when some document that can be found is not for everybody.</summary>
    public bool AreAny => _all.Exists(audience => audience.Documents > 0);

    /// <summary>Null for everybody.</summary>
    public Audience? Of(IReadOnlyList<string>? principals)
    {
        if (principals is null)
        {
            return null;
        }

        // No principal has a line break; they are stored each once and in one order.
        var names = string.Join('\n', principals);
        if (_byNames.TryGetValue(names, out var known))
        {
            return known;
        }

        var audience = _byNames[names] = new(_all.Count);
        _all.Add(audience);
        foreach (var principal in principals)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_byPrincipal, principal, out _) ??= []).Add(audience);
        }

        ApproximateBytes += BytesPerAudience + (names.Length * 2L) + (principals.Count * BytesPerName);
        return audience;
    }

    /// <summary>Those that one of the principals belongs to, by their numbers.</summary>
    public bool[] With(IReadOnlySet<string> principals)
    {
        var seen = new bool[_all.Count];
        foreach (var principal in principals)
        {
            foreach (var audience in _byPrincipal.GetValueOrDefault(principal, []))
            {
                seen[audience.Number] = true;
            }
        }

        return seen;
    }

    /// <summary>The audience with this number.</summary>
    public Audience this[int number] => _all[number];
}
