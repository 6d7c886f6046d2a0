using AiStack.Console.ConsoleLogs;
using Xunit;

namespace AiStack.Tests.Console.ConsoleLogs;

public sealed class KeptLinesTests
{
    [Theory]
    [InlineData(3, 1_000, 10, 3)]
    [InlineData(100, 25, 10, 2)]
    [InlineData(100, 25, 40, 1)]
    public void The_newest_lines_stay_within_both_limits(int maxLines, int maxCharacters, int length, int kept)
    {
        var lines = new KeptLines(maxLines, maxCharacters);
        for (var i = 1; i <= 10; i++)
        {
            lines.Add(new(i, DateTimeOffset.UnixEpoch, "part", "output", new string('x', length)));
        }

        Assert.Equal(Enumerable.Range(11 - kept, kept), lines.Lines.Select(line => (int)line.Sequence));
    }
}
