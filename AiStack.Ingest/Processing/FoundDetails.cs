using AiStack.Contracts.Search;
using AiStack.Ingest.Chunking;
using AiStack.TextAnalysis.Recognisers;

namespace AiStack.Ingest.Processing;

/// <summary>The personal details and secrets of a whole text, apart from each other and in their order.</summary>
internal sealed class FoundDetails
{
    /// <summary>So much is looked at at once: what is found in a longer text would be a list of its own size.</summary>
    private const int MaxPart = 1 << 18;

    private readonly List<FoundDetail> _details;

    private FoundDetails(List<FoundDetail> details) => _details = details;

    public static FoundDetails In(string text, CancellationToken cancellationToken)
    {
        List<FoundDetail> details = [];
        for (var start = 0; start < text.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = End(text, start);
            var from = start;
            details.AddRange(DocumentDetails.Find(text[start..end])
                .Select(each => new FoundDetail(each.Kind, from + each.Start, each.Length)));
            start = end;
        }

        return new(details);
    }

    /// <summary>How many there are of each kind.</summary>
    public IReadOnlyDictionary<string, int> Counts => new SortedDictionary<string, int>(
        _details.CountBy(detail => detail.Kind).ToDictionary(), StringComparer.Ordinal);

    /// <summary>What a chunk has of them, counted from its beginning.</summary>
    public IEnumerable<FoundDetail> In(TextChunk chunk)
    {
        for (var i = FirstBehind(chunk.Start); i < _details.Count && _details[i].Start < chunk.End; i++)
        {
            var (from, to) = (Math.Max(_details[i].Start, chunk.Start), Math.Min(_details[i].End, chunk.End));
            yield return new(_details[i].Kind, from - chunk.Start, to - from);
        }
    }

    /// <summary>The first that ends behind a place.</summary>
    private int FirstBehind(int place)
    {
        var (low, high) = (0, _details.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _details[middle].End <= place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Behind the last line that fits; a longer one is divided.</summary>
    private static int End(string text, int start)
    {
        var most = Math.Min(text.Length, start + MaxPart);
        var line = most == text.Length ? most : text.LastIndexOf('\n', most - 1, most - start) + 1;
        return line > start ? line : most;
    }
}
