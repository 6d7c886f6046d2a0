using System.Diagnostics;
using AiStack.AppHost.Local.Feed;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class ProcessTableTests
{
    [Fact]
    public async Task A_busy_child_of_a_process_counts_as_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        using var parent = Process.Start("/bin/sh", ["-c", "sh -c 'while :; do :; done' & wait"]);
        try
        {
            var busy = await Eventually.ReadAsync(
                () => Task.FromResult(ProcessTable.Read()!.Of(parent.Id)),
                use => use is { Cpu.TotalMilliseconds: > 100 });

            Assert.Equal(parent.Id, busy!.Value.ProcessId);
            Assert.InRange(busy.Value.MemoryBytes, 100_000, 100_000_000);
        }
        finally
        {
            parent.Kill(entireProcessTree: true);
            await parent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Null(ProcessTable.Read()!.Of(parent.Id));
    }

    [Fact]
    public void Half_a_core_for_a_second_is_fifty_percent_and_another_process_starts_anew()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var meter = new UsageMeter(time);

        var first = meter.Measure("service", new ProcessUse(1, TimeSpan.FromSeconds(10), 1_000));
        time.Advance(TimeSpan.FromSeconds(1));
        var second = meter.Measure("service", new ProcessUse(1, TimeSpan.FromSeconds(10.5), 2_000));
        var restarted = meter.Measure("service", new ProcessUse(2, TimeSpan.Zero, 500));

        Assert.Equal(new Usage(null, 1_000), first);
        Assert.Equal(new Usage(50, 2_000), second);
        Assert.Equal(new Usage(null, 500), restarted);
        Assert.Null(meter.Measure("service", null));
    }
}
