using System.Formats.Tar;
using System.IO.Compression;

namespace AiStack.Ingest.Parsing.Archives;

/// <summary>ZIP, TAR and gzip: each file in it by its own parser, below a heading of its path.</summary>
/// <param name="filename">Its own: what is in a gzip is named by that alone.</param>
internal sealed class ArchiveParser(ParsingOptions limits, IPartReader parts, string filename) : IDocumentParser
{
    private const int BufferBytes = 64 << 10;

    private const int TarMagicAt = 257;

    private long _unpacked;

    public static bool IsTar(ReadOnlySpan<byte> head) =>
        head.Length > TarMagicAt + 5 && head[TarMagicAt..].StartsWith("ustar"u8);

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "archive 1");
        string? firstReason = null;
        var (read, all) = (0, 0);
        foreach (var (name, member) in Members(content, cancellationToken).Where(member => !IsNoise(member.Name)))
        {
            using (member)
            {
                all++;
                var reason = parts.Include(collector, member, name, cancellationToken, headingLevel: 1);
                firstReason ??= reason;
                read += reason is null ? 1 : 0;
            }
        }

        collector.Report.Attribute("files", $"{all}");
        return read > 0
            ? collector.ToDocument()
            : throw ParsingLimit.Invalid(all == 0
                ? "The archive holds no files."
                : $"None of the {all} files in the archive could be read. {firstReason}");
    }

    private IEnumerable<(string Name, Stream Content)> Members(Stream content, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[4];
        content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return head.StartsWith("PK"u8) ? OfZip(content, cancellationToken)
            : head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? OfGzip(content, cancellationToken)
            : OfTar(content, cancellationToken);
    }

    private IEnumerable<(string Name, Stream Content)> OfZip(Stream content, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        CheckCount(archive.Entries.Count);
        foreach (var entry in archive.Entries.Where(entry => !entry.FullName.EndsWith('/')))
        {
            if (entry.IsEncrypted)
            {
                throw ParsingLimit.Invalid("The archive is protected by a password. Upload it without one.");
            }

            using var packed = entry.Open();
            yield return (entry.FullName, Unpack(packed, cancellationToken));
        }
    }

    private IEnumerable<(string Name, Stream Content)> OfGzip(Stream content, CancellationToken cancellationToken)
    {
        using var packed = new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
        var unpacked = Unpack(packed, cancellationToken);
        _unpacked = 0; // What is in it counts, not what surrounds that.
        var head = new byte[512];
        var length = unpacked.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        unpacked.Position = 0;
        return IsTar(head.AsSpan(..length))
            ? OfTar(unpacked, cancellationToken)
            : [(NameInside(), unpacked)];
    }

    private string NameInside() => filename.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
        ? Path.GetFileNameWithoutExtension(filename)
        : Path.GetFileName(filename);

    private IEnumerable<(string Name, Stream Content)> OfTar(Stream content, CancellationToken cancellationToken)
    {
        using var reader = new TarReader(content, leaveOpen: true);
        for (var count = 1; reader.GetNextEntry() is { } entry; count++)
        {
            CheckCount(count);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.DataStream is { } packed)
            {
                yield return (entry.Name, Unpack(packed, cancellationToken));
            }
        }
    }

    private void CheckCount(int count)
    {
        if (count > limits.MaxArchiveEntries)
        {
            throw ParsingLimit.Invalid(
                $"The archive has more than {limits.MaxArchiveEntries} files, which is the limit.");
        }
    }

    private MemoryStream Unpack(Stream packed, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[BufferBytes];
        while (packed.Read(buffer) is var read and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            content.Write(buffer, 0, read);
            _unpacked += read;
            if (_unpacked > limits.MaxUnpackedBytes)
            {
                throw ParsingLimit.Invalid(
                    $"The archive unpacks to more than {limits.MaxUnpackedBytes} bytes, which is the limit.");
            }
        }

        content.Position = 0;
        return content;
    }

    /// <summary>What systems add to archives for themselves.</summary>
    private static bool IsNoise(string name) =>
        name.StartsWith("__MACOSX/", StringComparison.Ordinal)
        || Path.GetFileName(name) is ".DS_Store" or "Thumbs.db" or "desktop.ini" or ['.', '_', ..];
}
