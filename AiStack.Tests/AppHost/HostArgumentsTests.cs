using AiStack.AppHost.Run;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class HostArgumentsTests
{
    [Fact]
    public void Options_are_read_with_their_values_after_them_or_after_an_equals_sign()
    {
        var spaced = HostArguments.Parse(["--data", "/tmp/here", "--port", "9000", "--samples"]);
        var joined = HostArguments.Parse(["--data=/tmp/here", "--port=9000", "--samples"]);

        Assert.Equal(("/tmp/here", 9000, true), (spaced.DataFolder, spaced.Port, spaced.LoadSamples));
        Assert.Equal(("/tmp/here", 9000, true), (joined.DataFolder, joined.Port, joined.LoadSamples));
    }

    [Fact]
    public void Without_arguments_nothing_is_asked_for()
    {
        var parsed = HostArguments.Parse([]);

        Assert.Equal((null, null), (parsed.DataFolder, parsed.Port));
        Assert.Equal((false, false), (parsed.IsEphemeral, parsed.LoadSamples));
        Assert.Equal((false, false), (parsed.ShowHelp, parsed.IsPublishing));
        Assert.Empty(parsed.Rest);
    }

    [Theory]
    [InlineData("Unknown argument '--datta'.", "--datta", "x")]
    [InlineData("Unknown argument 'samples'.", "samples")]
    [InlineData("Unknown argument '--Parameters:signing-key'.", "--Parameters:signing-key")]
    [InlineData("--data needs a value.", "--data")]
    [InlineData("--data needs a value.", "--data=")]
    [InlineData("--data needs a value.", "--data", "--samples")]
    [InlineData("--model needs a value.", "--model")]
    [InlineData("--folder names a folder that is not there: /no/such", "--folder", "/no/such")]
    [InlineData("--model names a folder that is not there: /no/such", "--model", "/no/such")]
    [InlineData("--port must be a number from 1 to 65530, not 'http'.", "--port", "http")]
    [InlineData("--port must be a number from 1 to 65530, not '65531'.", "--port", "65531")]
    [InlineData("--port must be a number from 1 to 65530, not '-1'.", "--port", "-1")]
    [InlineData("--engine can only be 'extractive', not 'gpt'.", "--engine", "gpt")]
    [InlineData("--engine needs a value.", "--engine")]
    [InlineData("--ephemeral takes no value.", "--ephemeral=yes")]
    [InlineData("--data and --ephemeral exclude each other.", "--ephemeral", "--data", "/tmp/here")]
    public void A_bad_argument_is_refused_with_its_name(string expected, params string[] arguments)
    {
        var refusal = Assert.Throws<RefusalException>(() => HostArguments.Parse(arguments));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_of_sources_are_settings_of_Ingest()
    {
        var folder = Path.GetFullPath(Path.GetTempPath());

        var parsed = HostArguments.Parse(["--folder", folder, "--folder", folder]);

        Assert.Equal(
            [$"--Ingest:Sources:Folders:0={folder}", $"--Ingest:Sources:Folders:1={folder}"], parsed.Rest);
    }

    [Fact]
    public void A_model_is_a_setting_of_Serving()
    {
        var parsed = HostArguments.Parse(["--model", Path.GetTempPath()]);

        Assert.Equal([$"--Serving:GenAi:Folder={Path.GetFullPath(Path.GetTempPath())}"], parsed.Rest);
    }

    [Theory]
    [InlineData("--ConnectionStrings:aistack=Host=elsewhere")]
    [InlineData("--Stores=embedded")]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317")]
    public void A_setting_of_the_host_is_passed_on(string setting)
    {
        var parsed = HostArguments.Parse(["--samples", setting]);

        Assert.Equal([setting], parsed.Rest);
        Assert.True(parsed.LoadSamples);
    }

    [Theory]
    [InlineData(true, "--operation", "publish", "--step", "publish")]
    [InlineData(true, "--publisher", "manifest", "--output-path", "manifest.json")]
    [InlineData(false, "--operation", "run")]
    [InlineData(false, "--environment", "Production")]
    public void Aspires_own_arguments_are_passed_on(bool publishes, params string[] arguments)
    {
        var parsed = HostArguments.Parse(arguments);

        Assert.Equal(publishes, parsed.IsPublishing);
        Assert.Equal(arguments, parsed.Rest.SelectMany(argument => argument.Split('=')));
    }
}
