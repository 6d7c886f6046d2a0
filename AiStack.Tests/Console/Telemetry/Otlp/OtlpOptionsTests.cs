using AiStack.Console.Telemetry.Otlp;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Otlp;

public sealed class OtlpOptionsTests
{
    [Theory]
    [InlineData("Production", null, true)]
    [InlineData("Production", "a-key-that-senders-have", false)]
    [InlineData("Development", null, false)]
    public void A_receiver_needs_a_key_outside_development(string environment, string? key, bool isRefused) =>
        Assert.Equal(isRefused, Validate(new() { GrpcPort = 4317, Key = key }, environment) is not null);

    [Fact]
    public void No_receiver_needs_no_key() => Assert.Null(Validate(new(), "Production"));

    [Fact]
    public void Both_receivers_on_one_port_are_refused_with_its_number() =>
        Assert.Contains(
            "4317", Validate(new() { GrpcPort = 4317, HttpPort = 4317 }, "Development"), StringComparison.Ordinal);

    private static string? Validate(OtlpOptions options, string environment) =>
        new OtlpOptionsValidator(new Environment(environment)).Validate(null, options).FailureMessage;

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
