namespace AiStack.Console.Frame;

/// <summary>
/// The moment at which the person leaves a page. What the page still does then is cancelled, also where it asks for the
/// token only afterwards: a source that was disposed would throw, and fail the page that the person went to.
/// </summary>
internal sealed class Leaving : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public Leaving() => Token = _source.Token;

    /// <summary>Cancelled once the person has left; it can still be read later.</summary>
    public CancellationToken Token { get; }

    public bool IsCancellationRequested => Token.IsCancellationRequested;

    /// <summary>Cancels what is under way.</summary>
    public void Dispose()
    {
        _source.Cancel();
        _source.Dispose();
    }
}
