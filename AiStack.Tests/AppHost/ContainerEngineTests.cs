using AiStack.AppHost.Stores;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class ContainerEngineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("engine-test-");

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Only_an_engine_that_answers_counts(int exitCode, bool answers)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell script stands for the client.");
        var client = Path.Combine(_folder.FullName, $"client-{exitCode}");
        File.WriteAllText(client, $"#!/bin/sh\necho 'Cannot connect to the daemon.' >&2\nexit {exitCode}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }


        Assert.Equal(answers, ContainerEngine.Answers(Engine(client)));
    }

    [Fact]
    public void A_client_that_is_not_installed_is_no_engine() =>
        Assert.False(ContainerEngine.Answers(Engine(Path.Combine(_folder.FullName, "nothing"))));

    public void Dispose() => _folder.Delete(recursive: true);

    private static IConfiguration Engine(string client) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("ASPIRE_CONTAINER_RUNTIME", client)])
        .Build();
}
