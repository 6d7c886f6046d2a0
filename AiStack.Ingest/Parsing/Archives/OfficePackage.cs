using System.Buffers;
using System.IO.Compression;
using System.Xml;

namespace AiStack.Ingest.Parsing.Archives;

/// <summary>
/// Looks a zipped document over before it is opened: how much it unpacks to, and how many elements, how deep, its parts
/// hold. What an archive says of its own size is not to be believed, and libraries read whatever they are given into
/// memory.
/// </summary>
/// <param name="mayHaveDtd">
/// Whether its parts may begin with a DTD, as formulas of OpenOffice and pages of books do. It is passed over.
/// </param>
internal sealed class OfficePackage(
    string format, ParsingOptions limits, CancellationToken cancellationToken, bool mayHaveDtd = false)
{
    private const int BufferBytes = 64 << 10;

    private static readonly XmlReaderSettings _settings = new()
    {
        // No document of Microsoft's has one; with it come entities that grow without end, or name files of ours.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CloseInput = true,
    };

    private long _unpacked;
    private int _elements;

    public void Check(Stream content)
    {
        using (var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true))
        {
            if (archive.Entries.Count > limits.MaxArchiveEntries)
            {
                throw ParsingLimit.Invalid(
                    $"The {format} has {archive.Entries.Count} parts; the limit is {limits.MaxArchiveEntries}.");
            }

            // LibreOffice writes parts without a byte for settings that nobody made.
            var parts = archive.Entries.Where(entry => Measure(entry) > 0).ToList();
            foreach (var entry in parts.Where(IsXml))
            {
                Walk(entry);
            }
        }

        content.Position = 0;
    }

    /// <summary>What macOS adds to archives for itself is named as the parts are, and is none.</summary>
    private static bool IsXml(ZipArchiveEntry entry) =>
        !entry.Name.StartsWith("._", StringComparison.Ordinal)
        && Path.GetExtension(entry.FullName).ToLowerInvariant() is ".xml" or ".rels";

    /// <summary>How many bytes a part has, counted.</summary>
    private long Measure(ZipArchiveEntry entry)
    {
        var before = _unpacked;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var stream = entry.Open();
            while (stream.Read(buffer) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _unpacked += read;
                if (_unpacked > limits.MaxUnpackedBytes)
                {
                    throw ParsingLimit.Invalid(
                        $"The {format} unpacks to more than {limits.MaxUnpackedBytes} bytes, which is the limit.");
                }
            }

            return _unpacked - before;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Walk(ZipArchiveEntry entry)
    {
        using var reader = XmlReader.Create(entry.Open(), mayHaveDtd ? XmlLimits.Settings : _settings);
        try
        {
            while (reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.Depth > limits.MaxDepth)
                {
                    throw ParsingLimit.TooDeep(format, limits);
                }

                if (reader.NodeType == XmlNodeType.Element && ++_elements > limits.MaxElements)
                {
                    throw ParsingLimit.TooManyElements(format, limits);
                }
            }
        }
        catch (XmlException) when (mayHaveDtd)
        {
            // A page of a book, with signs that only HTML knows; what is no XML at all, its own reader will say.
        }
        catch (XmlException) when (reader.NodeType is XmlNodeType.None)
        {
            throw ParsingLimit.Invalid(
                $"The {format} is damaged: its part '{entry.Name}' is not XML, or begins with a DTD.");
        }
    }
}
