namespace AiStack.TextAnalysis;

/// <summary>A word of a query that tells something.</summary>
/// <param name="Form">As it is compared, its ending left on.</param>
/// <param name="Terms">What it stands for, in each language that is searched; all of one stem are one.</param>
public sealed record QueryWord(string Form, IReadOnlyList<Term> Terms)
{
    public bool Is(Term term) => Terms.Any(other => other.Stem == term.Stem);
}

/// <summary>Takes queries apart.</summary>
public static class Query
{
    /// <summary>
    /// The words of a query that tell something, as the languages of what is searched compare them. A query is mostly
    /// too short to tell its own language, so each word is taken in all of them; a word counts for nothing where the
    /// languages whose function words the query uses most say so.
    /// </summary>
    public static IReadOnlyList<QueryWord> WordsOf(string query, IReadOnlyCollection<Language> searched)
    {
        var forms = Words.In(query).Select(word => word.Form).Distinct().ToList();
        var asked = AskedIn(forms, [.. searched.Append(Languages.Of(query)).Distinct()]);
        return
        [
            .. forms.Where(form => !asked.Any(language => language.IsStopWord(form)))
                .Select(form => new QueryWord(form, TermsOf(form, searched)))
                .Where(word => word.Terms.Count > 0)
                .DistinctBy(word => string.Join(' ', word.Terms.Select(term => term.Stem))),
        ];
    }

    private static List<Language> AskedIn(List<string> forms, List<Language> languages)
    {
        var counts = languages.ConvertAll(language => forms.Count(language.IsStopWord));
        var most = counts.Max();
        return [.. languages.Where((_, i) => most > 0 && counts[i] == most)];
    }

    private static List<Term> TermsOf(string form, IReadOnlyCollection<Language> searched) =>
        [
            .. searched.Where(language => !language.IsStopWord(form)).Select(language => language.TermOf(form))
                .DistinctBy(term => term.Stem),
        ];
}
