using AiStack.Console.Start;
using Xunit;

namespace AiStack.Tests.Console.Start;

public sealed class StackWatchTests
{
    private static readonly TimeSpan _short = StackWatch.Pause(isWatched: true, StackFindings.None);

    [Fact]
    public void What_does_not_answer_is_asked_again_as_soon_as_with_an_open_page()
    {
        var away = Findings(isReachable: false);

        Assert.Equal(_short, StackWatch.Pause(isWatched: false, away));
    }

    [Fact]
    public void A_stack_that_is_well_is_asked_less_often_while_nobody_looks()
    {
        var well = Findings(isReachable: true);

        Assert.True(StackWatch.Pause(isWatched: false, well) > _short);
    }

    private static StackFindings Findings(bool isReachable) =>
        StackFindings.None with { Layers = [new(StackProbe.Gateway, isReachable, TimeSpan.Zero, null)] };
}
