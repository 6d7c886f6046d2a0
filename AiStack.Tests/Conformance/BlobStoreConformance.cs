using System.Security.Cryptography;
using System.Text;
using AiStack.ServiceDefaults.Blobs;
using Xunit;

namespace AiStack.Tests.Conformance;

/// <summary>What every blob store promises; a class for each store says which.</summary>
public abstract class BlobStoreConformance
{
    private const long Limit = 1 << 20;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract IBlobStore Store { get; }

    [Fact]
    public async Task What_is_put_is_read_back_under_its_hash()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var blob = await PutAsync(bytes);

        Assert.Equal(SHA256.HashData(bytes), blob.Id.ToArray());
        Assert.Equal(bytes.Length, blob.SizeBytes);
        Assert.Equal(bytes, await ReadAsync(blob.Id));
    }

    [Fact]
    public async Task The_same_bytes_are_kept_once()
    {
        var bytes = RandomNumberGenerator.GetBytes(1_000);

        var blobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PutAsync(bytes)));

        var id = Assert.Single(blobs.Select(blob => blob.Id).Distinct());
        Assert.Equal(1, await Store.ListAsync(Cancellation).CountAsync(blob => blob.Id == id, Cancellation));
    }

    [Fact]
    public async Task No_bytes_are_a_blob_too()
    {
        var blob = await PutAsync([]);

        Assert.Empty((await ReadAsync(blob.Id))!);
    }

    [Fact]
    public async Task A_part_can_be_read_without_the_rest()
    {
        var blob = await PutAsync(Encoding.ASCII.GetBytes("The right passage, and much else."));

        await using var stream = await Store.OpenAsync(blob.Id, Cancellation);
        stream!.Seek(4, SeekOrigin.Begin);
        var part = new byte[13];
        await stream.ReadExactlyAsync(part, Cancellation);

        Assert.Equal("right passage", Encoding.ASCII.GetString(part));
    }

    [Fact]
    public async Task Past_the_limit_nothing_is_kept_and_the_limit_is_named()
    {
        var bytes = RandomNumberGenerator.GetBytes((int)Limit + 1);

        var outcome = await Store.PutAsync(new MemoryStream(bytes), Limit, Cancellation);

        Assert.False(outcome.TryGet(out _, out var fault));
        Assert.Contains($"{Limit}", fault.Message, StringComparison.Ordinal);
        Assert.Null(await Store.OpenAsync(new BlobId(SHA256.HashData(bytes)), Cancellation));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var before = await Store.ListAsync(Cancellation).CountAsync(Cancellation);

        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(new BreakingStream(100_000), Limit, Cancellation));

        Assert.Equal(before, await Store.ListAsync(Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_null_and_deleting_it_is_fine()
    {
        var id = new BlobId(SHA256.HashData("nowhere"u8));

        Assert.Null(await Store.OpenAsync(id, Cancellation));
        await Store.DeleteAsync(id, Cancellation);
    }

    [Fact]
    public async Task A_deleted_blob_is_gone()
    {
        var blob = await PutAsync(RandomNumberGenerator.GetBytes(10));

        await Store.DeleteAsync(blob.Id, Cancellation);

        Assert.Null(await Store.OpenAsync(blob.Id, Cancellation));
    }

    private async Task<StoredBlob> PutAsync(byte[] bytes)
    {
        var outcome = await Store.PutAsync(new MemoryStream(bytes), Limit, Cancellation);
        Assert.True(outcome.TryGet(out var blob, out var fault), fault?.Message);
        return blob;
    }

    private async Task<byte[]?> ReadAsync(BlobId id)
    {
        await using var stream = await Store.OpenAsync(id, Cancellation);
        if (stream is null)
        {
            return null;
        }

        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }

    /// <summary>Gives some bytes, then breaks as a lost connection does.</summary>
    private sealed class BreakingStream(int length) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0
                ? read
                : throw new IOException("The connection was lost.");
    }
}
