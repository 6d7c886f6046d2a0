using System.Net;
using System.Net.Sockets;
using AiStack.AppHost.Run;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class LocalPortsTests
{
    [Fact]
    public void The_doors_are_the_given_port_and_the_two_after_it()
    {
        var first = Ports.FreeForHost();

        var ports = LocalPorts.Choose(first);

        Assert.Equal((first, first + 1, first + 2), (ports.Api, ports.Console, ports.Dashboard));
    }

    [Theory]
    [InlineData(0, "the API")]
    [InlineData(1, "the Console")]
    [InlineData(2, "the dashboard")]
    [InlineData(5, "the dashboard's resources")]
    public void A_taken_port_is_refused_by_its_number_and_what_it_is_for(int offset, string use)
    {
        var first = Ports.FreeForHost();
        using var other = new TcpListener(IPAddress.Loopback, first + offset);
        other.Start();

        var refusal = Assert.Throws<RefusalException>(() => LocalPorts.Choose(first));

        Assert.Equal($"Port {first + offset}, for {use}, is taken.", refusal.Message);
    }

    [Fact]
    public void Ports_that_nobody_asked_for_are_free_and_all_different()
    {
        var ports = LocalPorts.ChooseFree();

        int[] all = [ports.Api, ports.Console, ports.Dashboard, ports.OtlpGrpc, ports.OtlpHttp, ports.Resources];
        Assert.Equal(all.Length, all.Distinct().Count());
    }
}
