using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AiStack.Ingest.Connectors.Imap;

/// <summary>How a connection is kept secret.</summary>
internal enum ImapTls
{
    [JsonStringEnumMemberName("implicit")]
    Implicit,

    [JsonStringEnumMemberName("starttls")]
    StartTls,

    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>Which messages of a mailbox are documents.</summary>
internal sealed record ImapSettings
{
    [Description("The server's name or address.")]
    [RegularExpression("^[A-Za-z0-9._:-]{1,253}$", ErrorMessage = "'host' must be the name or address of one server.")]
    public required string Host { get; init; }

    [Description("The server's port.")]
    [Range(1, 65_535, ErrorMessage = "'port' must be 1 to 65,535.")]
    public int Port { get; init; } = 993;

    [Description("implicit from the start, as at port 993; starttls after a greeting, as at 143; none is unencrypted.")]
    [JsonConverter(typeof(JsonStringEnumConverter<ImapTls>))]
    [EnumDataType(typeof(ImapTls), ErrorMessage = "'tls' must be implicit, starttls or none.")]
    public ImapTls Tls { get; init; }

    [Description("Who signs in.")]
    [StringLength(320, MinimumLength = 1, ErrorMessage = "'username' must have 1 to 320 characters.")]
    public required string Username { get; init; }

    [Description("Folders whose messages are taken; * is all.")]
    [MinLength(1, ErrorMessage = "Give at least one folder in 'folders'.")]
    [MaxLength(100, ErrorMessage = "'folders' may have 100 folders.")]
    public IReadOnlyList<string> Folders { get; init; } = ["INBOX"];

    [Description("Only messages that came on this day or later, as 2026-01-31.")]
    public DateOnly? Since { get; init; }

    [Description("How long a message may be, with its attachments, in bytes.")]
    [Range(1_024, 200 << 20, ErrorMessage = "'max_message_bytes' must be 1,024 to 209,715,200.")]
    public int MaxMessageBytes { get; init; } = 50 << 20;
}
