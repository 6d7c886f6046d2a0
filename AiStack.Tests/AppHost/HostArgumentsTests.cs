using AiStack.AppHost.Local;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class HostArgumentsTests
{
    [Fact]
    public void Options_are_read_with_their_values_after_them_or_after_an_equals_sign()
    {
        var spaced = HostArguments.Parse(["--data", "/tmp/here", "--port", "9000", "--samples"]);
        var joined = HostArguments.Parse(["--data=/tmp/here", "--port=9000", "--samples"]);

        Assert.Equal(new HostArguments { DataFolder = "/tmp/here", Port = 9000, LoadSamples = true }, spaced);
        Assert.Equal(spaced, joined);
    }

    [Fact]
    public void Without_arguments_nothing_is_asked_for() => Assert.Equal(new HostArguments(), HostArguments.Parse([]));

    [Theory]
    [InlineData("Unknown argument '--datta'.", "--datta", "x")]
    [InlineData("Unknown argument 'samples'.", "samples")]
    [InlineData("Unknown argument '--Parameters:signing-key'.", "--Parameters:signing-key")]
    [InlineData("--data needs a value.", "--data")]
    [InlineData("--data needs a value.", "--data=")]
    [InlineData("--data needs a value.", "--data", "--samples")]
    [InlineData("--port must be a number from 1 to 65534, not 'http'.", "--port", "http")]
    [InlineData("--port must be a number from 1 to 65534, not '65535'.", "--port", "65535")]
    [InlineData("--port must be a number from 1 to 65534, not '-1'.", "--port", "-1")]
    [InlineData("--ephemeral takes no value.", "--ephemeral=yes")]
    [InlineData("--data and --ephemeral exclude each other.", "--ephemeral", "--data", "/tmp/here")]
    public void A_bad_argument_is_refused_with_its_name(string expected, params string[] arguments)
    {
        var refusal = Assert.Throws<RefusalException>(() => HostArguments.Parse(arguments));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_of_the_host_is_let_through()
    {
        var parsed = HostArguments.Parse(["--ConnectionStrings:aistack=Host=elsewhere"]);

        Assert.Equal(new HostArguments(), parsed);
    }
}
