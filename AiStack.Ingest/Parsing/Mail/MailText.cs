using System.Globalization;
using System.Text;
using AiStack.Ingest.Parsing.Web;
using MimeKit;
using MimeKit.Tnef;

namespace AiStack.Ingest.Parsing.Mail;

/// <summary>Writes mails: the headers that people read, the text in its richest form, and what is attached.</summary>
internal sealed class MailText(
    TextCollector collector, ParsingOptions limits, IPartReader parts, CancellationToken cancellationToken)
{
    private const int AttachmentLevel = 2;
    private const int MaxMailsInMails = 8;

    private long _unpacked;
    private int _depth;

    public void KeepAttributes(MimeMessage message)
    {
        foreach (var (name, value) in Headers(message))
        {
            collector.Report.Attribute(name.ToLowerInvariant(), value);
        }

        collector.Report.Attribute("message_id", message.MessageId ?? "");
        collector.Report.Attribute("in_reply_to", message.InReplyTo ?? "");
    }

    public void Add(MimeMessage message)
    {
        if (!string.IsNullOrWhiteSpace(message.Subject))
        {
            collector.Heading(_depth == 0 ? 1 : AttachmentLevel, message.Subject);
        }

        collector.Lines(string.Join('\n', Headers(message).Select(header => $"{header.Name}: {header.Value}")));
        if (message.Body is { } body)
        {
            Walk(body);
        }
    }

    private static IEnumerable<(string Name, string Value)> Headers(MimeMessage message) =>
        new[]
        {
            ("From", Names(message.From)),
            ("To", Names(message.To)),
            ("Cc", Names(message.Cc)),
            ("Subject", message.Subject ?? ""),
            ("Date", message.Headers.Contains(HeaderId.Date)
                ? message.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)
                : ""),
        }.Where(header => !string.IsNullOrWhiteSpace(header.Item2));

    private static string Names(InternetAddressList addresses) => string.Join(
        ", ", addresses.Mailboxes.Select(mailbox => string.IsNullOrWhiteSpace(mailbox.Name)
            ? mailbox.Address
            : $"{mailbox.Name} <{mailbox.Address}>"));

    private void Walk(MimeEntity entity)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (entity)
        {
            case MultipartAlternative alternative:
                Walk(Best(alternative));
                break;
            case MultipartRelated { Root: { } root } related:
                Walk(root);
                collector.Report.Pictures += related.Count(part => part.ContentType.IsMimeType("image", "*"));
                foreach (var other in related.Where(part => part != root && part.IsAttachment
                    && !part.ContentType.IsMimeType("image", "*")))
                {
                    Walk(other);
                }

                break;
            case Multipart { ContentType.MediaSubtype: "encrypted" }:
                collector.Report.Warn("part_not_read", "The mail is encrypted: its text was not read.");
                break;
            case Multipart multipart:
                foreach (var part in multipart.Where(part => !part.ContentType.IsMimeType("application", "*signature")))
                {
                    Walk(part);
                }

                break;
            case MessagePart { Message: { } inner } when _depth < MaxMailsInMails:
                _depth++;
                Add(inner);
                _depth--;
                break;
            case TnefPart tnef:
                foreach (var attachment in tnef.ExtractAttachments())
                {
                    Walk(attachment);
                }

                break;
            case TextPart { IsAttachment: false } text when text.IsHtml || text.IsPlain || text.FileName is null:
                AddText(text);
                break;
            case MimePart { Content: not null } part:
                AddAttachment(part);
                break;
        }
    }

    /// <summary>The last alternative is the richest; one of blank text is none.</summary>
    private static MimeEntity Best(MultipartAlternative alternative)
    {
        var readable = alternative
            .Where(part => part is Multipart or TextPart { IsHtml: true } or TextPart { IsPlain: true })
            .Where(part => part is not TextPart text || !string.IsNullOrWhiteSpace(text.Text))
            .ToList();
        return readable.Count > 0 ? readable[^1] : alternative[^1];
    }

    private void AddText(TextPart text)
    {
        if (text.IsHtml)
        {
            HtmlParser.WriteFragment(text.Text, collector, limits, cancellationToken);
        }
        else if (text.IsFlowed)
        {
            collector.Lines(Unflow(text.Text));
        }
        else
        {
            collector.Lines(text.Text);
        }

        collector.Report.Encoding((text.ContentType.Charset ?? "utf-8").ToLowerInvariant(), confidence: 1);
    }

    /// <summary>A line that ends in a space goes on in the next.</summary>
    private static string Unflow(string text)
    {
        var whole = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            whole.Append(line);
            _ = line.EndsWith(' ') && line != "-- " ? whole : whole.Append('\n');
        }

        return whole.ToString();
    }

    private void AddAttachment(MimePart part)
    {
        var name = part.FileName is { Length: > 0 } given ? given : $"attachment.{part.ContentType.MediaSubtype}";
        if (!part.IsAttachment && part.ContentType.IsMimeType("image", "*"))
        {
            collector.Report.Pictures++;
            return;
        }

        using var content = new MemoryStream();
        part.Content!.DecodeTo(content, cancellationToken);
        _unpacked += content.Length;
        if (_unpacked > limits.MaxUnpackedBytes)
        {
            throw ParsingLimit.Invalid(
                $"What is attached is more than {limits.MaxUnpackedBytes} bytes, which is the limit.");
        }

        content.Position = 0;
        parts.Include(collector, content, name, cancellationToken, part.ContentType.Charset, AttachmentLevel);
    }
}
