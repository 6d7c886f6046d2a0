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
        var made = new SecretsFile(FilePath).GetOrAdd("key", () => "first");
        var read = new SecretsFile(FilePath).GetOrAdd("key", () => "second");

        Assert.Equal("first", made);
        Assert.Equal("first", read);
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");

        new SecretsFile(FilePath).GetOrAdd("key", () => "value");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(FilePath).UnixFileMode);
    }

    [Fact]
    public void A_damaged_file_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(FilePath, "{ \"key\": ");

        var refusal = Assert.Throws<RefusalException>(() => new SecretsFile(FilePath).GetOrAdd("key", () => "new"));

        Assert.Contains(FilePath, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("{ \"key\": ", File.ReadAllText(FilePath));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
