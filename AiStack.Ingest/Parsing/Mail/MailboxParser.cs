using AiStack.Ingest.Parsing.Encodings;
using MimeKit;

namespace AiStack.Ingest.Parsing.Mail;

/// <summary>A mailbox: its mails one after another.</summary>
internal sealed class MailboxParser(ParsingOptions limits, IPartReader parts) : IDocumentParser
{
    private const int MaxMails = 20_000;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "mbox 1");
        CodePages.Register();
        var options = new ParserOptions { MaxMimeDepth = MailParser.MaxMimeDepth };
        var parser = new MimeParser(options, content, MimeFormat.Mbox);
        var writer = new MailText(collector, limits, parts, cancellationToken);
        for (var count = 0; !parser.IsEndOfStream; count++)
        {
            if (count == MaxMails)
            {
                throw ParsingLimit.Invalid(
                    $"The mailbox has more than {MaxMails} mails, which is the limit. Split it.");
            }

            try
            {
                using var message = parser.ParseMessage(cancellationToken);
                writer.Add(message);
            }
            catch (FormatException) when (count > 0)
            {
                collector.Report.Warn(
                    "part_not_read", "The mailbox is damaged: what follows the last mail was not read.",
                    $"after mail {count}");
                break;
            }
        }

        return collector.ToDocument();
    }
}
