namespace AiStack.Ingest.Chunking;

/// <summary>Finds the table at ever later places.</summary>
internal sealed class TableReader(string text)
{
    private readonly List<Table> _tables = Table.AllIn(text);
    private int _next;

    public Table? At(int position)
    {
        while (_next > 0 && _tables[_next - 1].End > position)
        {
            _next--;
        }

        while (_next < _tables.Count && _tables[_next].End <= position)
        {
            _next++;
        }

        return _next < _tables.Count && _tables[_next].Start < position ? _tables[_next] : null;
    }
}
