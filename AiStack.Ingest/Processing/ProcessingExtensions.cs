using AiStack.Contracts.Work;
using AiStack.Ingest.Files;
using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using AiStack.Ingest.Uploads;
using AiStack.ServiceDefaults.Options;
using AiStack.ServiceDefaults.Work;

namespace AiStack.Ingest.Processing;

internal static class ProcessingExtensions
{
    /// <summary>
    /// The work that Ingest does by itself: files into chunks, and clearing up after deleted files and ended uploads.
    /// </summary>
    public static void AddProcessing(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ParsingOptions>();
        builder.Services.AddSingleton<DocumentParser>();
        builder.AddWorkHandler<ProcessFile, ProcessFileHandler>(workers: Environment.ProcessorCount);
        builder.AddWorkHandler<ClearFile, ClearFileHandler>();
        builder.AddWorkHandler<ClearUpload, ClearUploadHandler>();
    }
}
