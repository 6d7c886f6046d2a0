using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Errors;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>A disk that takes no more.</summary>
public sealed class FullDiskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string FullDevice = "/dev/full";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_full_disk_does_not_take_is_told_from_one_that_is_gone()
    {
        Assert.SkipUnless(File.Exists(FullDevice), $"This system has no {FullDevice}.");
        await using var disk = new FileStream(FullDevice, FileMode.Open, FileAccess.Write, FileShare.Write, 1);

        var failure = await Assert.ThrowsAsync<BlobsFullException>(
            () => BlobHashing.CopyAsync(new MemoryStream([1]), disk, maxBytes: 1, Token));

        Assert.Equal("blob storage", DependencyFailure.NameOf(failure));
    }

    [Fact]
    public async Task An_upload_that_does_not_fit_is_507_and_health_says_which_storage_is_full()
    {
        var folder = Directory.CreateTempSubdirectory("aistack-full-");
        Assert.SkipUnless(
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.FullName),
            "A small disk can only be mounted by root.");
        try
        {
            await using var ingest = await IngestStack.CreateAsync(
                postgres, ("ConnectionStrings:blobs", new Uri(folder.FullName).AbsoluteUri));
            using var client = ingest.CreateClient(PostgresFixture.NewProject());
            using var small = await client.PostAsync(
                "/v1/files", IngestStack.Form("Small."u8.ToArray(), "small.txt"), Token);

            using var large = await client.PostAsync(
                "/v1/files", IngestStack.Form(RandomNumberGenerator.GetBytes(2 << 20), "large.txt"), Token);
            var error = await IngestStack.ReadAsync(large);
            using var health = await client.GetAsync(new Uri("/health", UriKind.Relative), Token);

            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
            Assert.Equal(HttpStatusCode.InsufficientStorage, large.StatusCode);
            Assert.Equal("storage_full", (string?)error["error"]!["code"]);
            Assert.Contains(
                "\"blobs\":\"Unhealthy\"", await health.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.FullName, "unfinished")));
        }
        finally
        {
            await RunAsync("umount", folder.FullName);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Token);
        return process.ExitCode == 0;
    }
}
