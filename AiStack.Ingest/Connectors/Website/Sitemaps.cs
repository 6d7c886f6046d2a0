using System.IO.Compression;
using System.Xml;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>Reads sitemaps and indexes of them, packed or not (sitemaps.org). What is wrong is passed over.</summary>
internal sealed class Sitemaps(PoliteClient client, Frontier frontier)
{
    private const int MaxSitemaps = 50;
    private const int MaxBytes = 10 << 20;
    private const long MaxCharacters = 50 << 20; // By the protocol.
    private const int MaxAddresses = 50_000; // By the protocol.

    private static readonly XmlReaderSettings _xml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        IgnoreComments = true,
    };

    /// <summary>Has the addresses asked for that the sitemaps of all known sites name.</summary>
    public async Task AddAsync(Sites sites, Discovery discovery, CancellationToken cancellationToken)
    {
        var queue = new Queue<Uri>();
        var seen = new HashSet<string>();
        foreach (var (site, robots) in sites.Known.Where(site => frontier.HasHost(site.Site)).ToList())
        {
            foreach (var written in robots.Sitemaps.DefaultIfEmpty("/sitemap.xml"))
            {
                Enqueue(WebAddress.Of(site, written));
            }
        }

        while (queue.TryDequeue(out var address))
        {
            if (await sites.OfAsync(address, discovery, cancellationToken) is { } robots && robots.Allows(address))
            {
                foreach (var inner in await ReadAsync(address, cancellationToken))
                {
                    Enqueue(inner);
                }
            }
        }

        void Enqueue(Uri? address)
        {
            if (address is not null && frontier.HasHost(address) && seen.Count < MaxSitemaps
                && seen.Add(address.AbsoluteUri))
            {
                queue.Enqueue(address);
            }
        }
    }

    /// <summary>Takes a sitemap's addresses; those of other sitemaps are returned.</summary>
    private async Task<List<Uri>> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        var inner = new List<Uri>();
        try
        {
            using var response = await client.GetAsync(address, null, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                await using var packed = await SourceHttp.ReadWholeAsync(response, MaxBytes, cancellationToken);
                await using var plain = Unpack(packed);
                Read(plain, address, inner, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or SourceItemException
            or SourceException)
        {
            // A sitemap is a hint: what it would have named is found by links, or not.
        }

        return inner;
    }

    private void Read(Stream sitemap, Uri address, List<Uri> inner, CancellationToken cancellationToken)
    {
        using var reader = XmlReader.Create(sitemap, _xml);
        var isIndex = reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "sitemapindex";
        var addresses = 0;
        while (!reader.EOF && addresses < MaxAddresses)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader is not { NodeType: XmlNodeType.Element, LocalName: "loc" })
            {
                reader.Read();
                continue;
            }

            addresses++;
            if (WebAddress.Of(address, reader.ReadElementContentAsString()) is not { } found)
            {
                continue;
            }

            if (isIndex)
            {
                inner.Add(found);
            }
            else
            {
                frontier.Add(found, depth: 0);
            }
        }
    }

    private static Stream Unpack(MemoryStream bytes) =>
        bytes.GetBuffer().AsSpan(0, (int)bytes.Length) is [0x1F, 0x8B, ..]
            ? new GZipStream(bytes, CompressionMode.Decompress)
            : bytes;
}
