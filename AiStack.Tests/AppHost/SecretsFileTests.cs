using AiStack.AppHost.Run;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class SecretsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("secrets-test-").FullName;

    private string FilePath => Path.Combine(_folder, "secrets.json");

    [Fact]
    public void A_secret_is_made_once_and_kept()
    {
        var made = new SecretsFile(FilePath, hasData: false).GetOrAdd("key", () => "first");
        var read = new SecretsFile(FilePath, hasData: false).GetOrAdd("key", () => "second");

        Assert.Equal("first", made);
        Assert.Equal("first", read);
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");

        new SecretsFile(FilePath, hasData: false).GetOrAdd("key", () => "value");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(FilePath).UnixFileMode);
    }

    [Theory]
    [InlineData("{ \"key\": ")]
    [InlineData("[]")]
    [InlineData("{ \"key\": 1 }")]
    public void A_damaged_file_is_refused_and_left_as_it_is(string damaged)
    {
        File.WriteAllText(FilePath, damaged);

        var refusal = Assert.Throws<RefusalException>(
            () => new SecretsFile(FilePath, hasData: false).GetOrAdd("key", () => "new"));

        Assert.Contains(FilePath, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllText(FilePath));
    }

    [Theory]
    [InlineData(null, "is gone")]
    [InlineData("", "is empty")]
    [InlineData("\0\0\0\0", "is not valid JSON")]
    [InlineData("{}", "holds no secrets")]
    [InlineData("null", "holds no secrets")]
    [InlineData("{ \"key\": null }", "has no key")]
    public void Where_there_is_data_lost_secrets_are_refused_and_none_are_made(string? left, string how)
    {
        if (left is not null)
        {
            File.WriteAllText(FilePath, left);
        }

        var refusal = Assert.Throws<RefusalException>(() => new SecretsFile(FilePath, hasData: true).Check());

        Assert.Contains(how, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(left, File.Exists(FilePath) ? File.ReadAllText(FilePath) : null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Where_there_is_no_data_yet_an_empty_file_is_a_first_start(string? left)
    {
        if (left is not null)
        {
            File.WriteAllText(FilePath, left);
        }

        Assert.Equal("made", new SecretsFile(FilePath, hasData: false).GetOrAdd("key", () => "made"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
