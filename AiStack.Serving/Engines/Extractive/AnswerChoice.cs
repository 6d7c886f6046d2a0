using System.Text.RegularExpressions;
using AiStack.Serving.Questions;
using AiStack.TextAnalysis;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>What is shown for a question.</summary>
/// <param name="Confidence">One of <see cref="Pipeline.AnswerMetadata"/>'s.</param>
/// <param name="Support">How likely it is that the sources answer, 0 to 1.</param>
/// <param name="Excerpts">
/// One place that answers; of things compared, one for each; where none says it directly, the nearest ones.
/// </param>
/// <param name="Also">Other places about the same. Without excerpts: the nearest, by their titles alone.</param>
internal sealed record AnswerChoice(
    string Confidence, double Support, IReadOnlyList<Excerpt> Excerpts, IReadOnlyList<Excerpt> Also);

/// <summary>
/// Chooses the place that answers, and says whether it does. Never are sentences of several places joined.
/// </summary>
internal sealed partial class AnswerChooser(
    Question question, QuestionForm form, IReadOnlyList<Candidate> ranked, ExtractiveOptions options)
{
    public const string Found = "found";
    public const string Close = "close";
    public const string NotFound = "not_found";

    /// <summary>How much worse a document in force may be than one that was replaced, by their odds.</summary>
    private const double ReplacedOdds = 0.05;

    /// <summary>How much worse a place with the kind of thing asked for may be than the best, without it.</summary>
    private const double KindOdds = 0.4;

    /// <summary>The same of a place that has it in the unit asked for, where the best has it in another.</summary>
    private const double UnitOdds = 0.1;

    /// <summary>The least share of the question's words that a title must be named for.</summary>
    private const double NearShare = 0.5;

    private readonly ExcerptReader _reader = new(ranked);

    public AnswerChoice Choose()
    {
        if (question.Words.Count == 0 || IsSum() || (AboutDocument() ?? Best(_ => true)) is not { } best)
        {
            return new(NotFound, 0, [], []);
        }

        var isUnknown = AsksOfUnknown();
        var support = isUnknown ? 0 : best.Candidate.Confidence;
        if (isUnknown || support < options.MinConfidence
            || WithKind(best) is not var (candidate, excerpt, isSure))
        {
            return new(NotFound, support, [], best.Candidate.Fit.Passage >= NearShare ? [best.Excerpt] : []);
        }

        List<Excerpt> excerpts = form.Things.Count > 1 ? Compared(excerpt) : [excerpt];
        var isFound = isSure && IsFound(candidate);
        return isFound || form.NeedsReasoning
            ? new(isFound ? Found : Close, support, excerpts, [.. Also(candidate, excerpts)])
            : new(Close, support, Nearest(excerpts), []);
    }

    /// <summary>
    /// The best place, or one nearly as good, that has the kind of thing asked for; in the unit that is asked for, if
    /// one has. It is sure when the best has it.
    /// </summary>
    private (Candidate Candidate, Excerpt Excerpt, bool IsSure)? WithKind((Candidate Candidate, Excerpt Excerpt) best)
    {
        var fit = form.NeedsReasoning ? 1 : Fit(best.Candidate, best.Excerpt);
        if (fit == 1)
        {
            return (best.Candidate, best.Excerpt, true);
        }

        (Candidate, Excerpt)? Fitting(int least, double odds) => Best(candidate =>
            Math.Exp(candidate.Score - best.Candidate.Score) >= odds
            && _reader.Read(candidate) is { } excerpt
            && Fit(candidate, excerpt) >= least);

        return Fitting(1, fit == 0 ? UnitOdds : KindOdds) is var (exact, place) ? (exact, place, fit == 0)
            : fit == 0 ? (best.Candidate, best.Excerpt, true)
            : Fitting(0, KindOdds) is var (other, near) ? (other, near, false)
            : null;
    }

    private int Fit(Candidate candidate, Excerpt excerpt) => question.AnsweredBy(Sentences(candidate, excerpt));

    private bool IsFound(Candidate candidate) =>
        !form.NeedsReasoning
        && candidate.Confidence >= options.FoundSupport
        && candidate.Fit.MissingNames == 0
        && question.Designations.All(name => name.IsIn(TextAndTitlesOf(candidate)));

    /// <summary>Whether something that the question names by a number is in no passage at all.</summary>
    private bool AsksOfUnknown() => !form.NeedsReasoning
        && question.Designations.Any(name => !ranked
            .DistinctBy(candidate => candidate.Sentence.Passage.ChunkId)
            .Any(candidate => name.MayBeIn(TextAndTitlesOf(candidate))));

    /// <summary>A sum of numbers alone is about no document.</summary>
    private bool IsSum() => form.Kind == QuestionFormKind.Arithmetic
        && question.Words.All(word => word.Form.Any(char.IsDigit) || Share().IsMatch(word.Form));

    /// <summary>What stands in the document that is to be summed up, where the question names one.</summary>
    private (Candidate Candidate, Excerpt Excerpt)? AboutDocument()
    {
        var topic = form.Kind == QuestionFormKind.Summary && form.Things is [var thing] ? Stems(thing) : [];
        return topic.Count == 0 ? null : Best(candidate => topic.IsSubsetOf(Stems(TitlesOf(candidate))));
    }

    /// <summary>
    /// The best sentence that can be shown. One of a document that was superseded comes first only when the question
    /// asks for the past, or when no other is nearly as good.
    /// </summary>
    private (Candidate Candidate, Excerpt Excerpt)? Best(Func<Candidate, bool> wanted)
    {
        (Candidate Candidate, Excerpt Excerpt)? replaced = null;
        foreach (var candidate in ranked.Where(wanted))
        {
            if (replaced is { } first && Math.Exp(candidate.Score - first.Candidate.Score) < ReplacedOdds)
            {
                break;
            }

            if (_reader.Read(candidate) is not { } excerpt)
            {
                continue;
            }

            if (question.AsksForThePast || !candidate.Sentence.Passage.IsSuperseded)
            {
                return (candidate, excerpt);
            }

            replaced ??= (candidate, excerpt);
        }

        return replaced;
    }

    /// <summary>The sentences that are shown, for the kind of thing that an answer must have.</summary>
    private IEnumerable<QuotedSentence> Sentences(Candidate candidate, Excerpt excerpt) => ranked
        .Select(other => other.Sentence)
        .Where(other => other.Passage.ChunkId == excerpt.Passage.ChunkId
            && excerpt.Quotes.Any(quote => other.Start >= quote.Start && other.End <= quote.End))
        .Append(candidate.Sentence);

    /// <summary>For each thing compared the best place that has it and not the other.</summary>
    private List<Excerpt> Compared(Excerpt best)
    {
        List<Excerpt> excerpts = [];
        foreach (var thing in form.Things)
        {
            var (own, others) = (Stems(thing), form.Things.Where(other => other != thing).SelectMany(Stems));
            var telling = own.Except(others).ToList();
            var rest = others.Except(own).ToList();
            bool Has(Candidate candidate) => telling.TrueForAll(StemsOf(candidate).Contains);
            bool HasAlone(Candidate candidate) => Has(candidate) && !rest.Exists(StemsOf(candidate).Contains);
            bool IsNear(Candidate candidate) =>
                excerpts is [var first, ..] && first.Passage.FileId == candidate.Sentence.Passage.FileId;
            if (telling.Count > 0
                && !excerpts.Exists(other => Stems(other.Shown).IsSupersetOf(telling))
                && (Best(candidate => HasAlone(candidate) && IsNear(candidate)) ?? Best(HasAlone) ?? Best(Has))
                    is { } found
                && excerpts.TrueForAll(other => other.Shown != found.Excerpt.Shown))
            {
                excerpts.Add(found.Excerpt);
            }
        }

        return excerpts.Count > 0 ? excerpts : [best];
    }

    /// <summary>
    /// With the places that search found best: where none says it directly, a person looks at several rather than at
    /// the one that is a little nearer.
    /// </summary>
    private List<Excerpt> Nearest(List<Excerpt> shown)
    {
        List<Excerpt> places = [.. shown];
        var passages = ranked.DistinctBy(candidate => candidate.Sentence.Passage.ChunkId)
            .OrderByDescending(candidate => candidate.Sentence.Passage.Score)
            .Take(options.MaxAlso + 1);
        foreach (var candidate in passages.Where(candidate => candidate.Confidence >= options.MinConfidence))
        {
            if (places.Count <= options.MaxAlso
                && _reader.Read(candidate) is { } excerpt
                && places.TrueForAll(other => IsElsewhere(excerpt, other)))
            {
                places.Add(excerpt);
            }
        }

        return places;
    }

    private IEnumerable<Excerpt> Also(Candidate best, List<Excerpt> shown)
    {
        List<Excerpt> places = [.. shown];
        foreach (var candidate in ranked.Where(candidate => candidate.Confidence >= options.MinConfidence
            && Math.Exp(candidate.Score - best.Score) >= options.AlsoOdds))
        {
            if (places.Count - shown.Count == options.MaxAlso)
            {
                break;
            }

            if (_reader.Read(candidate) is { } excerpt
                && places.TrueForAll(other => IsElsewhere(excerpt, other))
                && places.Skip(shown.Count).All(other => other.Passage.FileId != excerpt.Passage.FileId))
            {
                places.Add(excerpt);
            }
        }

        return places.Skip(shown.Count);
    }

    /// <summary>Another section, and other words: passages overlap, and documents repeat one another.</summary>
    private static bool IsElsewhere(Excerpt one, Excerpt other) =>
        one.Shown != other.Shown
        && (one.Passage.FileId != other.Passage.FileId
            || (one.Section != other.Section && (one.Place.Item2 <= other.Place.Item1
                || other.Place.Item2 <= one.Place.Item1)));

    private static HashSet<string> StemsOf(Candidate candidate) =>
        Stems($"{candidate.Sentence.Text} {TitlesOf(candidate)}");

    private static string TextAndTitlesOf(Candidate candidate) =>
        $"{TitlesOf(candidate)}\n{candidate.Sentence.Passage.WholeText}";

    private static string TitlesOf(Candidate candidate) =>
        $"{candidate.Sentence.Passage.Heading} {DocumentName.Of(candidate.Sentence.Passage.Filename)}";

    private static HashSet<string> Stems(string text) =>
        [.. Languages.English.TermsIn(text).Select(term => term.Stem)];

    [GeneratedRegex("^(?:percent|prozent|plus|minus|times|calculate|compute|berechne|rechne)$")]
    private static partial Regex Share();
}
