using System.Text;
using AiStack.Ingest.Parsing.Encodings;
using MimeKit;

namespace AiStack.Ingest.Parsing.Mail;

/// <summary>
/// A mail, by MimeKit: who wrote to whom, what it says, and the text of what is attached, each by its own parser. Also
/// a web page saved as one file, which is a mail in form.
/// </summary>
internal sealed class MailParser(ParsingOptions limits, IPartReader parts) : IDocumentParser
{
    /// <summary>MimeKit goes deeper by itself; no mail does.</summary>
    public const int MaxMimeDepth = 64;

    private const int HeadBytes = 1_024;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "eml 1");
        CodePages.Register();
        var options = new ParserOptions { MaxMimeDepth = MaxMimeDepth };
        using var message = MimeMessage.Load(options, Narrow(content, collector.Report), cancellationToken);
        if (message.Headers.Count == 0)
        {
            throw ParsingLimit.Invalid("The file is named as a mail, but it has no headers as mails have.");
        }

        var writer = new MailText(collector, limits, parts, cancellationToken);
        writer.KeepAttributes(message);
        writer.Add(message);
        return collector.ToDocument();
    }

    /// <summary>Editors save mails as UTF-16, in which none is sent.</summary>
    private Stream Narrow(Stream content, ReportBuilder report)
    {
        var head = new byte[HeadBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        var isWide = ByteOrderMark.Of(head)?.Encoding is UnicodeEncoding or UTF32Encoding
            || WideText.Detect(head.AsSpan(..length)) is not null;
        return isWide
            ? new MemoryStream(Encoding.UTF8.GetBytes(TextDecoder.DecodeMarkup(content, limits, report)))
            : content;
    }
}
