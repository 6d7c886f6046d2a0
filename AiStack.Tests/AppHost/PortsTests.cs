using System.Net;
using System.Net.Sockets;
using AiStack.AppHost.Local;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class PortsTests : IDisposable
{
    private const int ManyPorts = 50;
    private readonly Ports _ports = new();

    [Fact]
    public void A_held_port_can_be_listened_on_by_the_child_it_is_held_for()
    {
        var port = _ports.TakeFree("service");

        using var child = new TcpListener(IPAddress.Loopback, port);
        child.Start();

        Assert.Equal(port, _ports.Of("service"));
    }

    [Fact]
    public void A_port_that_somebody_listens_on_is_not_taken()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();

        Assert.False(_ports.TryTake("service", ((IPEndPoint)somebody.LocalEndpoint).Port));
    }

    [Fact]
    public void No_port_is_given_twice()
    {
        var ports = Enumerable.Range(0, ManyPorts).Select(i => _ports.TakeFree($"service-{i}")).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    public void Dispose() => _ports.Dispose();
}
