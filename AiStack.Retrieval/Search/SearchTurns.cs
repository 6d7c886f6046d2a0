namespace AiStack.Retrieval.Search;

/// <summary>
/// Lets as many searches compute at once as there are processors; the others wait in the order in which they came,
/// without a thread. A hundred that computed at once would all be late, and what waits for a store or the database
/// would find no thread to go on.
/// </summary>
internal sealed class SearchTurns : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    public async Task<T> RunAsync<T>(Func<T> compute, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return compute();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
