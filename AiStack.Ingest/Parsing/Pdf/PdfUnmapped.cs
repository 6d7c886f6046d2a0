using UglyToad.PdfPig.Logging;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Counts the letters for which their font has no character. PdfPig puts the letter's number in its place, which is as
/// good as any, and says so only in its log.
/// </summary>
internal sealed class PdfUnmapped : ILog
{
    private int _count;

    public int TakeCount() => Interlocked.Exchange(ref _count, 0);

    public void Debug(string message)
    {
    }

    public void Debug(string message, Exception ex)
    {
    }

    public void Warn(string message)
    {
        if (message.StartsWith("We could not find the corresponding character", StringComparison.Ordinal))
        {
            _count++;
        }
    }

    public void Error(string message)
    {
    }

    public void Error(string message, Exception ex)
    {
    }
}
