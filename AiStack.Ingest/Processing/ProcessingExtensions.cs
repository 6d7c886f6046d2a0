using AiStack.Contracts.Work;
using AiStack.Ingest.Files;
using AiStack.Ingest.Ocr;
using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults.Options;
using AiStack.ServiceDefaults.Work;

namespace AiStack.Ingest.Processing;

internal static class ProcessingExtensions
{
    /// <summary>
    /// Eight scanned files of 200 pages, and as many of another worker between them: a page in 3 s.
    /// </summary>
    private static readonly TimeSpan _maxHandling = TimeSpan.FromHours(3);

    /// <summary>
    /// The work that Ingest does by itself: files into chunks, and clearing up after deleted files and ended uploads.
    /// </summary>
    public static void AddProcessing(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ParsingOptions>();
        builder.AddOcr();
        builder.Services.Configure<WorkOptions>(options => options.MaxHandling = _maxHandling);
        builder.Services.AddSingleton<DocumentParser>();
        builder.Services.AddSingleton<StoreRevision>();
        builder.AddWorkHandler<ProcessFile, ProcessFileHandler>(workers: Environment.ProcessorCount);
        builder.AddWorkHandler<ClearFile, ClearFileHandler>();
        builder.AddWorkHandler<ClearBlobs, ClearBlobsHandler>();
        builder.AddWorkHandler<ClearUpload, ClearUploadHandler>();
    }
}
