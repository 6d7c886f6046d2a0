using System.Globalization;
using System.Text;

namespace AiStack.Tests.Bench;

/// <summary>How well the words of a file were read, against those that another program read in it.</summary>
/// <param name="Recall">The share of the other's words that are here.</param>
/// <param name="Precision">The share of the words here that are the other's.</param>
/// <param name="Order">Of the words that both have, how many are in the same order, page by page.</param>
/// <param name="Glued">The share of the words here that are two of the other's.</param>
internal sealed record PdfWordScores(double Recall, double Precision, double Order, double Glued)
{
    private const int Edge = 3;
    private const int Repeats = 3;

    private static readonly char[] _around =
        [.. "|[](){}.,;:!?'\"\u201C\u201D\u2018\u2019\u00AB\u00BB-\u2013\u2014*\u2022"];

    public static PdfWordScores Of(IReadOnlyList<string> pages, IReadOnlyList<string> otherPages)
    {
        var (own, other) = (pages.Select(Words).ToList(), WithoutRepeats(otherPages).ConvertAll(Words));
        var (ownCount, otherCount) = (Count(own.SelectMany(page => page)), Count(other.SelectMany(page => page)));
        var shared = Shared(ownCount, otherCount);
        var pairs = other.SelectMany(page => page.Zip(page.Skip(1), (one, two) => one + two)).ToHashSet();
        var glued = ownCount.Where(word => word.Key.All(HasSpaces) && !otherCount.ContainsKey(word.Key)
            && pairs.Contains(word.Key)).Sum(word => word.Value);
        var (inOrder, inBoth) = (0, 0);
        for (var i = 0; i < Math.Min(own.Count, other.Count); i++)
        {
            inOrder += CommonSubsequence(own[i], other[i]);
            inBoth += Shared(Count(own[i]), Count(other[i]));
        }

        var (words, otherWords) = (Math.Max(ownCount.Values.Sum(), 1), Math.Max(otherCount.Values.Sum(), 1));
        return new(
            (double)shared / otherWords, (double)shared / words, (double)inOrder / Math.Max(inBoth, 1),
            (double)glued / words);
    }

    /// <summary>Lower case, without punctuation around, and without the marks of direction that poppler adds.</summary>
    public static List<string> Words(string text) =>
        [.. string.Concat(text.Normalize(NormalizationForm.FormKC).Where(c => c != '|' && char.GetUnicodeCategory(c)
            != UnicodeCategory.Format)).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim(_around)).Where(word => word.Any(char.IsLetterOrDigit))];

    /// <summary>Thai, Chinese and Japanese have no spaces: where a line is cut there is a matter of taste.</summary>
    private static bool HasSpaces(char c) => c is not ((>= '\u0E00' and <= '\u0E7F') or >= '\u2E80');

    /// <summary>Headers and footers are kept once here, so they count once there.</summary>
    private static List<string> WithoutRepeats(IReadOnlyList<string> pages)
    {
        var lines = pages.Select(page => page.Split('\n').Where(line => line.Trim().Length > 0).ToList()).ToList();
        var edges = lines.ConvertAll(page => page.Take(Edge).Concat(page.TakeLast(Edge)).Select(Key).ToHashSet());
        var often = Count(edges.SelectMany(page => page));
        var seen = new HashSet<string>();
        return [.. lines.Select((page, i) => string.Join('\n', page.Where(line =>
            !edges[i].Contains(Key(line)) || often[Key(line)] < Repeats || seen.Add(Key(line)))))];
    }

    private static string Key(string line) =>
        string.Concat(line.Trim().Select(c => char.IsDigit(c) ? '#' : c)).Replace("##", "#", StringComparison.Ordinal);

    private static Dictionary<string, int> Count(IEnumerable<string> words) =>
        words.CountBy(word => word).ToDictionary();

    private static int Shared(Dictionary<string, int> one, Dictionary<string, int> other) =>
        one.Sum(word => Math.Min(word.Value, other.GetValueOrDefault(word.Key)));

    /// <summary>The length of the longest common subsequence.</summary>
    private static int CommonSubsequence(List<string> one, List<string> other)
    {
        var best = new int[other.Count + 1];
        foreach (var word in one)
        {
            var before = 0;
            for (var j = 0; j < other.Count; j++)
            {
                var above = best[j + 1];
                best[j + 1] = word == other[j] ? before + 1 : Math.Max(above, best[j]);
                before = above;
            }
        }

        return best[^1];
    }
}
