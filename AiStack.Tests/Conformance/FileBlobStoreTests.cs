using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Errors;
using Xunit;

namespace AiStack.Tests.Conformance;

public sealed class FileBlobStoreTests : BlobStoreConformance, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-blobs-");

    private protected override IBlobStore Store => new FileBlobStore(_folder.FullName);

    public void Dispose()
    {
        if (Directory.Exists(_folder.FullName))
        {
            _folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_a_dependency_that_is_down()
    {
        _folder.Delete(recursive: true);

        var failure = await Assert.ThrowsAsync<BlobsUnavailableException>(() => Store.PingAsync(Cancellation));

        Assert.Equal("blob storage", DependencyFailure.NameOf(failure));
    }

    [Fact]
    public async Task Nothing_is_written_to_a_folder_made_in_the_place_of_one_that_is_gone()
    {
        _folder.Delete(recursive: true);

        await Assert.ThrowsAsync<BlobsUnavailableException>(
            () => Store.PutAsync(new MemoryStream([1]), maxBytes: 1, Cancellation));

        Assert.False(Directory.Exists(_folder.FullName));
    }

    [Fact]
    public async Task What_a_dead_process_left_is_swept_away_and_what_a_living_one_writes_is_not()
    {
        var unfinished = _folder.CreateSubdirectory("unfinished");
        var (old, young) = (Path.Combine(unfinished.FullName, "old"), Path.Combine(unfinished.FullName, "young"));
        await File.WriteAllTextAsync(old, "half", Cancellation);
        await File.WriteAllTextAsync(young, "half", Cancellation);
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(young) - TimeSpan.FromDays(2));

        await Store.PutAsync(new MemoryStream([1]), maxBytes: 1, Cancellation);

        Assert.Equal([young], Directory.EnumerateFiles(unfinished.FullName));
    }
}
