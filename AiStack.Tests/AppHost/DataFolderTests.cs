using AiStack.AppHost.Run;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("folder-test-").FullName;

    [Fact]
    public void A_folder_is_held_by_one_host_at_a_time_and_free_again_after_it()
    {
        var arguments = new HostArguments { DataFolder = Path.Combine(_parent, "data") };
        using (DataFolder.Open(arguments, ""))
        {
            var refusal = Assert.Throws<RefusalException>(() => DataFolder.Open(arguments, ""));
            Assert.Contains($"(process {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
        }

        using var again = DataFolder.Open(arguments, "");
        Assert.Equal(arguments.DataFolder, again.Path);
    }

    [Fact]
    public void The_rights_of_a_folder_that_is_there_are_left_as_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var shared = Directory.CreateDirectory(Path.Combine(_parent, "shared"));

        if (!OperatingSystem.IsWindows())
        {
            shared.UnixFileMode = Shared;
        }

        using var folder = DataFolder.Open(new HostArguments { DataFolder = shared.FullName }, "");

        Assert.Equal(Shared, new DirectoryInfo(shared.FullName).UnixFileMode);
    }

    [Theory]
    [InlineData("postgres/data/PG_VERSION", true)]
    [InlineData("blobs/ab/cd", true)]
    [InlineData("containers.txt", true)]
    [InlineData("run.json", false)]
    [InlineData("cache/redis.conf", false)]
    [InlineData("postgres/data.new/PG_VERSION", false)]
    public void A_folder_knows_whether_it_had_data_before(string file, bool hasData)
    {
        var path = Path.Combine(_parent, "data", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");

        using var folder = DataFolder.Open(new HostArguments { DataFolder = Path.Combine(_parent, "data") }, "");

        Assert.Equal(hasData, folder.HasData);
    }

    [Fact]
    public void An_ephemeral_folder_is_gone_with_its_host_and_so_is_what_it_has_elsewhere()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_parent, "elsewhere")).FullName;
        string path;
        using (var folder = DataFolder.Open(new HostArguments { IsEphemeral = true }, _parent))
        {
            path = folder.Path;
            folder.Owns(elsewhere);
            Assert.True(Directory.Exists(path));
        }

        Assert.False(Directory.Exists(path));
        Assert.False(Directory.Exists(elsewhere));
    }

    [Fact]
    public async Task A_killed_hosts_ephemeral_folder_is_removed_by_the_next()
    {
        var abandoned = Directory.CreateTempSubdirectory("aistack-").FullName;
        File.WriteAllText(Path.Combine(abandoned, "lock"), "");
        Directory.SetLastWriteTimeUtc(abandoned, DateTime.UnixEpoch);

        using var next = DataFolder.Open(new HostArguments { IsEphemeral = true }, _parent);

        // Another test's host may be the next, and still at it.
        await Eventually.TrueAsync(
            () => Task.FromResult(!Directory.Exists(abandoned)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_refused_by_its_path()
    {
        var file = Path.Combine(_parent, "file");
        File.WriteAllText(file, "");

        var refusal = Assert.Throws<RefusalException>(
            () => DataFolder.Open(new HostArguments { DataFolder = Path.Combine(file, "data") }, ""));

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
