using System.Globalization;

namespace AiStack.Console.ConsoleLogs;

/// <summary>A line that a part of the stack has printed, or that the host says of it.</summary>
public sealed record LogLine(long Sequence, DateTimeOffset Time, string Resource, string Source, string Text)
{
    /// <summary>The words without the codes for colours, for searching and for files.</summary>
    public string Plain { get; } = AnsiText.Plain(Text);

    /// <summary>When, in UTC, as programs read it.</summary>
    public string Moment =>
        Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether it came by the stream for errors.</summary>
    public bool IsError => Source == "Error";

    /// <summary>Whether the host said it, of the resource.</summary>
    public bool IsOfHost => Source == "Host";
}
