using AiStack.Ingest.Parsing;

namespace AiStack.Ingest.Chunking;

/// <summary>Finds the page and section of ever later places.</summary>
internal sealed class AnchorReader(IReadOnlyList<Anchor> anchors)
{
    private int _next;

    public Anchor? At(int position)
    {
        // Overlap may step back over an anchor.
        while (_next > 0 && anchors[_next - 1].Start > position)
        {
            _next--;
        }

        while (_next < anchors.Count && anchors[_next].Start <= position)
        {
            _next++;
        }

        return _next == 0 ? null : anchors[_next - 1];
    }
}
