using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Console.ConsoleLogs;

/// <summary>Gives the lines that a page shows as a text file, all that are kept and without colours.</summary>
internal static class DownloadLogs
{
    public static PushStreamHttpResult HandleAsync(
        string? resource, string? words, LogBook book, HttpResponse response)
    {
        var filter = LogFilter.Of(resource, words);
        var lines = book.After(0, filter.Resource).Where(filter.Wants);
        return TypedResults.Stream(
            stream => WriteAsync(stream, lines, response.HttpContext.RequestAborted),
            "text/plain; charset=utf-8",
            "aistack-console-logs.txt");
    }

    private static async Task WriteAsync(Stream stream, IEnumerable<LogLine> lines, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (var line in lines)
        {
            var text = $"{line.Moment} {line.Resource} {line.Plain}";
            await writer.WriteLineAsync(text.AsMemory(), cancellationToken);
        }
    }
}
