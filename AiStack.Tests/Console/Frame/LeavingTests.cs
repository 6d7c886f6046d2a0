using AiStack.Console.Frame;
using Xunit;

namespace AiStack.Tests.Console.Frame;

public sealed class LeavingTests
{
    [Fact]
    public void What_a_page_begins_after_the_person_has_left_is_cancelled_and_does_not_fail()
    {
        var leaving = new Leaving();
        Assert.False(leaving.IsCancellationRequested);

        leaving.Dispose();

        Assert.True(leaving.IsCancellationRequested);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token);
        Assert.True(linked.IsCancellationRequested);
    }
}
