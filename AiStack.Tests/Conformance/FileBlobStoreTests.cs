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
}
