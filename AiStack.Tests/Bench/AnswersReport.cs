using AiStack.ServiceDefaults.Statistics;
using System.Globalization;
using AiStack.Evals.Statistics;

namespace AiStack.Tests.Bench;

/// <summary>What the answers to a set of questions measured, by kind and by half.</summary>
internal static class AnswersReport
{
    private const int Bins = 10;

    private static readonly (string Name, Func<JudgedAnswer, bool> Has)[] _wholes =
    [
        ("**all that have an answer**", IsPlainlyAnswerable),
        ("of these, `tune`", judged => IsPlainlyAnswerable(judged) && judged.Question.Half == "tune"),
        ("of these, `held`", judged => IsPlainlyAnswerable(judged) && judged.Question.Half == "held"),
        ("**all that have none**", HasNoAnswer),
        ("of these, `tune`", judged => HasNoAnswer(judged) && judged.Question.Half == "tune"),
        ("of these, `held`", judged => HasNoAnswer(judged) && judged.Question.Half == "held"),
    ];

    public static string Of(string title, IReadOnlyList<JudgedAnswer> judged)
    {
        var kinds = PeopleQuestion.Kinds.Select(kind => (kind, judged.Where(one => one.Question.Kind == kind)));
        var wholes = _wholes.Select(whole => (whole.Name, judged.Where(whole.Has)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            **{title}**, {judged.Count} questions

            | kind | questions | right | first | anywhere | found | refused | noise |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', kinds.Concat(wholes).Select(row => Row(row.Item1, [.. row.Item2])))}

            {Calibration(judged)}
            """).Trim();
    }

    private static bool IsPlainlyAnswerable(JudgedAnswer judged) => judged.Question is
        { Answerable: true, Kind: not (PeopleQuestion.Compute or PeopleQuestion.Talk) };

    private static bool HasNoAnswer(JudgedAnswer judged) =>
        judged.Question is { Answerable: false, Kind: not PeopleQuestion.Talk };

    private static string Row(string name, IReadOnlyList<JudgedAnswer> judged)
    {
        var facts = judged.Where(one => one.Question.Facts.Count > 0).ToList();
        return $"| {name} | {judged.Count} | {Share(judged, one => one.IsRight)} | {Share(facts, one => one.IsFirst)} "
            + $"| {Share(facts, one => one.IsAnywhere)} | {Share(facts, one => one.Found)} "
            + $"| {Share(judged, one => one.Answer.Refused)} | {Noise(judged)} |";
    }

    private static string Share(IReadOnlyList<JudgedAnswer> judged, Func<JudgedAnswer, bool> has)
    {
        if (judged.Count == 0)
        {
            return "";
        }

        var count = judged.Count(has);
        return Text((double)count / judged.Count, Wilson.Of(count, judged.Count));
    }

    private static string Noise(IReadOnlyList<JudgedAnswer> judged)
    {
        var shares = judged.Select(one => one.Noise).OfType<double>().ToArray();
        return shares.Length == 0 ? "" : Text(shares.Average(), Bootstrap.Of(shares.Length, counts =>
        {
            var sum = 0.0;
            for (var i = 0; i < shares.Length; i++)
            {
                sum += counts[i] * shares[i];
            }

            return sum / shares.Length;
        }));
    }

    private static string Text(double value, Interval interval) => string.Create(
        CultureInfo.InvariantCulture, $"{value:.00} ({interval.Low:.00} to {interval.High:.00})");

    /// <summary>How often the engine is right where it says how sure it is; empty where it never says.</summary>
    private static string Calibration(IReadOnlyList<JudgedAnswer> judged)
    {
        var asked = judged.Where(one => IsPlainlyAnswerable(one) || HasNoAnswer(one)).ToList();
        var lines = asked.Where(one => one.Answer.Confidence is not null)
            .GroupBy(one => one.Answer.Confidence!)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"- says `{group.Key}`: {group.Count()}, the documents answer "
                + $"{Share([.. group], one => one.Question.Answerable)}, right {Share([.. group], one => one.IsRight)}")
            .ToList();
        var sure = asked.Where(one => one.Answer.Support is not null).ToList();
        return sure.Count == 0 ? string.Join('\n', lines) : string.Create(CultureInfo.InvariantCulture, $"""
            {string.Join('\n', lines)}
            - expected calibration error, ten bins: {Error(sure):.000}

            | stated support | questions | stated, mean | holds the facts | |
            | --- | ---: | ---: | ---: | --- |
            {string.Join('\n', BinsOf(sure).Select(bin => BinRow(bin.Key, [.. bin])))}
            """);
    }

    /// <summary>How far what is claimed is from what is true, on average over bins of like claims.</summary>
    private static double Error(List<JudgedAnswer> sure) => BinsOf(sure)
        .Sum(bin => Math.Abs(bin.Sum(one => one.Answer.Support!.Value) - bin.Count(HoldsFacts)) / sure.Count);

    private static IEnumerable<IGrouping<int, JudgedAnswer>> BinsOf(List<JudgedAnswer> sure) => sure
        .GroupBy(one => Math.Min((int)(one.Answer.Support!.Value * Bins), Bins - 1))
        .OrderBy(bin => bin.Key);

    private static string BinRow(int bin, IReadOnlyList<JudgedAnswer> judged)
    {
        var right = (double)judged.Count(HoldsFacts) / judged.Count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {bin / (double)Bins:.0} to {(bin + 1) / (double)Bins:0.0} | {judged.Count} "
            + $"| {judged.Average(one => one.Answer.Support!.Value):.00} | {Share(judged, HoldsFacts)} "
            + $"| {new string('█', (int)Math.Round(right * Bins))} |");
    }

    // Support is for the passage shown, whether or not the engine then says that it is not enough.
    private static bool HoldsFacts(JudgedAnswer judged) =>
        judged.Question.Answerable && judged.Question.IsAnsweredBy(judged.Answer.Text);
}
