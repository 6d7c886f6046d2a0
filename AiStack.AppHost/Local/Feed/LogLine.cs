namespace AiStack.AppHost.Local.Feed;

/// <summary>Who said a line: the program on one of its two streams, or the host about the program.</summary>
internal enum LogSource
{
    Output,
    Error,
    Host,
}

/// <summary>One line about one resource. Sequence numbers rise over the lines of all resources.</summary>
internal sealed record LogLine(long Sequence, DateTimeOffset Time, string Resource, LogSource Source, string Text);
