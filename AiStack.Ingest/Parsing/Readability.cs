namespace AiStack.Ingest.Parsing;

/// <summary>
/// Tells text that people can read from what only looks like it: signs that stand for nothing, from fonts or encodings
/// that could not be resolved.
/// </summary>
internal static class Readability
{
    private const double WarnShare = 0.01;
    private const double FailShare = 0.2;

    /// <summary>A few unreadable signs do not condemn a short text.</summary>
    private const int FailCount = 4;

    /// <param name="text">The text that was kept.</param>
    /// <param name="controls">How many control characters were left out of it.</param>
    public static void Check(string text, int controls, ReportBuilder report)
    {
        var (unreadable, all) = (controls, controls);
        foreach (var c in text)
        {
            unreadable += IsUnreadable(c) ? 1 : 0;
            all += char.IsWhiteSpace(c) ? 0 : 1;
        }

        var share = all == 0 ? 0 : (double)unreadable / all;
        if (share > FailShare && unreadable >= FailCount)
        {
            throw ParsingLimit.Invalid(
                $"{share * 100:0} % of the file's characters are unreadable: its encoding, or the encoding of its "
                + "fonts, could not be told. Save it again, as UTF-8 if it is a text.");
        }

        if (share > WarnShare)
        {
            report.Warn(
                "unreadable_text",
                $"{share * 100:0} % of the file's characters are unreadable: signs without a meaning.",
                count: unreadable);
        }
    }

    private static bool IsUnreadable(char c) =>
        c == '\uFFFD' || (c is >= '\uE000' and <= '\uF8FF' && !IsBullet(c));

    /// <summary>The signs of Symbol and Wingdings that stand before the items of lists.</summary>
    private static bool IsBullet(char c) =>
        c is '\uF0B7' or '\uF0A7' or '\uF0A8' or '\uF0D8' or '\uF0FC' or '\uF076' or '\uF02D' or '\uF06F' or '\uF0E0';
}
