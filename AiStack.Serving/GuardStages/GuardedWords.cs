using AiStack.Serving.Guards;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.GuardStages;

/// <summary>One run of words that comes in parts, masked as it goes, and what is told between them.</summary>
internal sealed class GuardedWords(RequestGuards guards)
{
    private readonly StreamedText _stream = new(
        guards.Phrases,
        text => guards.Look(text, GuardPlace.Output).Select(caught => caught.Finding));

    private readonly Queue<(int Place, Between Between)> _between = new();
    private readonly List<Edit> _edits = [];
    private int _received;
    private int _looked;

    public bool IsBlocked { get; private set; }

    /// <summary>The words that may be told now, and what stands between them.</summary>
    /// <param name="behind">What is told right behind the words.</param>
    public List<AIContent> Say(string words, Between? behind)
    {
        _received += words.Length;
        if (behind is not null)
        {
            _between.Enqueue((_received, behind));
        }

        var told = _stream.Add(words).SelectMany(Tell).ToList();
        return IsBlocked ? told : [.. told, .. Due()];
    }

    /// <summary>What is left.</summary>
    public List<AIContent> End()
    {
        var told = Tell(_stream.End()).ToList();
        return IsBlocked ? told : [.. told, .. Due()];
    }

    /// <summary>A text as it may be told, when it is whole.</summary>
    public static string Pass(string text, RequestGuards guards, out bool isBlocked)
    {
        var caught = guards.Look(text, GuardPlace.Output);
        guards.Count(caught, GuardPlace.Output);
        isBlocked = caught.Exists(each => each.Action == GuardAction.Block);
        var masks = Caught.Masks(caught);
        return masks.Count == 0 ? text : Placeholders.Mask(text, masks);
    }

    private List<AIContent> Tell(string piece)
    {
        if (IsBlocked || piece.Length == 0)
        {
            return [];
        }

        var caught = guards.Look(piece, GuardPlace.Output);
        guards.Count(caught, GuardPlace.Output);
        var first = caught.Where(each => each.Action == GuardAction.Block)
            .Select(each => (int?)each.Finding.Start).Min();
        if (first is { } blocked)
        {
            IsBlocked = true;
            piece = piece[..blocked];
        }

        // What begins before what is blocked is masked as far as it is told.
        return Tell(piece, [.. Caught.Masks(caught)
            .Where(mask => mask.Start < piece.Length)
            .Select(mask => mask with { Length = Math.Min(mask.Length, piece.Length - mask.Start) })]);
    }

    /// <summary>Masks the piece, and puts what stands between its words back in its place.</summary>
    private List<AIContent> Tell(string piece, List<Finding> masks)
    {
        foreach (var mask in masks)
        {
            var (start, shown) = (_looked + mask.Start, Placeholders.For(mask.Kind).Length);
            var at = Shown(start, isEnd: false);
            _edits.Add(new(start, start + mask.Length, at, at + shown));
        }

        var words = Placeholders.Mask(piece, masks);
        var (from, begin) = (Shown(_looked, isEnd: true), 0);
        _looked += piece.Length;
        List<AIContent> told = [];
        while (_between.TryPeek(out var next) && next.Place < _looked)
        {
            _between.Dequeue();
            var end = Math.Max(begin, Shown(next.Place, isEnd: true) - from);
            Add(told, words[begin..end]);
            told.Add(next.Between.At(next.Place, Shown));
            begin = end;
        }

        Add(told, words[begin..]);
        return told;
    }

    private static void Add(List<AIContent> told, string words)
    {
        if (words.Length > 0)
        {
            told.Add(new TextContent(words));
        }
    }

    /// <summary>What stands behind the words that are told.</summary>
    private IEnumerable<AIContent> Due()
    {
        while (_between.TryPeek(out var next) && next.Place <= _looked)
        {
            _between.Dequeue();
            yield return next.Between.At(next.Place, Shown);
        }
    }

    /// <summary>
    /// Where a place in what was said is in what is shown; one in what is masked is at either end of it.
    /// </summary>
    private int Shown(int place, bool isEnd)
    {
        var index = _edits.FindLastIndex(edit => edit.Start < place);
        if (index < 0)
        {
            return place;
        }

        var edit = _edits[index];
        return place >= edit.End ? edit.ShownEnd + place - edit.End
            : isEnd ? edit.ShownEnd
            : edit.ShownStart;
    }

    private readonly record struct Edit(int Start, int End, int ShownStart, int ShownEnd);

    /// <summary>Something that is told between words.</summary>
    /// <param name="tell">
    /// It, by how many code units are shown of those that were said right before it; as it is when null.
    /// </param>
    internal sealed class Between(AIContent content, Func<Func<int, bool, int>, AIContent>? tell = null)
    {
        public AIContent At(int place, Func<int, bool, int> shown) => tell is null
            ? content
            : tell((before, isEnd) => shown(place, true) - shown(place - before, isEnd));
    }
}
