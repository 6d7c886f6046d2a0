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

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "eml 1");
        CodePages.Register();
        var options = new ParserOptions { MaxMimeDepth = MaxMimeDepth };
        using var message = MimeMessage.Load(options, content, cancellationToken);
        if (message.Headers.Count == 0)
        {
            throw ParsingLimit.Invalid("The file is named as a mail, but it has no headers as mails have.");
        }

        var writer = new MailText(collector, limits, parts, cancellationToken);
        writer.KeepAttributes(message);
        writer.Add(message);
        return collector.ToDocument();
    }
}
