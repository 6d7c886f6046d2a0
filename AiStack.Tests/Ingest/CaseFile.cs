using AiStack.Ingest.Parsing;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>The small files beside these tests.</summary>
internal static class CaseFile
{
    private static readonly string _folder = Path.Combine(Repository.Root, "AiStack.Tests", "Ingest", "Documents");

    public static async Task<ParsedDocument> ReadAsync(string file) =>
        await Parsing.DocumentAsync(await BytesAsync(file), file);

    public static Task<byte[]> BytesAsync(string file) =>
        File.ReadAllBytesAsync(Path.Combine(_folder, file), TestContext.Current.CancellationToken);
}
