using System.Diagnostics;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Folder;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>A folder as a source: what is in it, and nothing else, however it lies there.</summary>
public sealed class FolderSourceTests(SourceFixture fixture) : IClassFixture<SourceFixture>
{
    private readonly DirectoryInfo _folder = fixture.Folders.CreateSubdirectory($"{Guid.CreateVersion7():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watched_folder_is_found_soon_after_each_change()
    {
        var caller = await fixture.NewCallerAsync();
        Write("leave.md", "Leave is thirty days.");
        await caller.CreateAsync("folder", new { path = _folder.FullName });

        await caller.FoundAsync("thirty days", "leave.md");
        Write("leave.md", "Leave is twenty days now.");
        await caller.FoundAsync("twenty days", "leave.md");
        Write("deep/down/travel.md", "Travel is by train.");
        await caller.FoundAsync("by train", "travel.md");
        File.Delete(Path.Combine(_folder.FullName, "leave.md"));
        await caller.FoundAsync("twenty days", "");
    }

    [Fact]
    public async Task Patterns_choose_files_and_hidden_ones_are_left_out()
    {
        Write("a.md", "a");
        Write("b.txt", "b");
        Write("sub/c.md", "c");
        Write("sub/drafts/d.md", "d");
        Write(".git/e.md", "e");
        Write(".f.md", "f");

        Assert.Equal("a.md b.txt sub/c.md sub/drafts/d.md", await ListAsync(new() { Path = _folder.FullName }));
        Assert.Equal("a.md sub/c.md", await ListAsync(new()
        {
            Path = _folder.FullName, Include = ["**/*.md"], Exclude = ["**/drafts/**"],
        }));
        Assert.Equal("a.md b.txt", await ListAsync(new() { Path = _folder.FullName, Recursive = false }));
        Assert.Equal(
            ".f.md .git/e.md a.md b.txt sub/c.md sub/drafts/d.md",
            await ListAsync(new() { Path = _folder.FullName, Hidden = true }));
    }

    [Fact]
    public async Task Links_are_followed_within_the_folder_and_never_out_of_it_or_in_a_circle()
    {
        var elsewhere = fixture.Folders.CreateSubdirectory($"{Guid.CreateVersion7():N}");
        await File.WriteAllTextAsync(Path.Combine(elsewhere.FullName, "secret.md"), "secret", Cancellation);
        Write("real/a.md", "a");
        Link("out", elsewhere.FullName);
        Link("secret.md", Path.Combine(elsewhere.FullName, "secret.md"));
        Link("real/circle", _folder.FullName);
        Link("loop", Path.Combine(_folder.FullName, "loop"));
        Link("again", Path.Combine(_folder.FullName, "real"));
        Link("b.md", Path.Combine(_folder.FullName, "real", "a.md"));

        Assert.Equal("again/a.md b.md real/a.md", await ListAsync(new() { Path = _folder.FullName }));
    }

    [Fact]
    public async Task A_link_into_itself_and_circles_of_links_lead_nowhere()
    {
        Write("a.md", "a");
        Link("self", Path.Combine(_folder.FullName, "self", "deeper"));
        Link("one", "two/x");
        Link("two", "one/x");

        Assert.Null(FolderRoots.Real(Path.Combine(_folder.FullName, "self")));
        Assert.Null(FolderRoots.Real(Path.Combine(_folder.FullName, "one")));
        Assert.Equal("a.md", await ListAsync(new() { Path = _folder.FullName }));
    }

    [Fact]
    public async Task Folders_that_link_to_each_other_are_listed_once_in_each()
    {
        Write("a/a.md", "a");
        Write("b/b.md", "b");
        Link("a/to_b", "../b");
        Link("b/to_a", "../a");

        Assert.Equal(
            "a/a.md a/to_b/b.md b/b.md b/to_a/a.md", await ListAsync(new() { Path = _folder.FullName }));
    }

    [Fact]
    public async Task A_folder_whose_files_cannot_be_looked_at_is_not_taken_for_an_empty_one()
    {
        Assert.SkipWhen(Environment.UserName == "root", "Modes do not bind root.");
        Write("half/a.md", "a");
        await ShellAsync("chmod 444 half");
        try
        {
            var discovery = new Discovery(null, (_, _) => ValueTask.FromResult<KnownItem?>(null));
            var items = await ItemsAsync(
                new FolderConnector(FolderRoots.Real(_folder.FullName)!, new() { Path = _folder.FullName }), discovery);

            Assert.Equal("The service may not read it.", Assert.Single(items).Problem);
            Assert.Equal("half/a.md/", Assert.Single(discovery.Missed).IdPrefix);
        }
        finally
        {
            await ShellAsync("chmod 755 half");
        }
    }

    [Fact]
    public async Task A_file_that_became_a_link_out_of_the_folder_after_it_was_listed_is_not_read()
    {
        Write("a.md", "a");
        var connector = new FolderConnector(FolderRoots.Real(_folder.FullName)!, new() { Path = _folder.FullName });
        var item = Assert.Single(await ItemsAsync(connector));
        File.Delete(Path.Combine(_folder.FullName, "a.md"));
        Link("a.md", "/etc/passwd");

        await Assert.ThrowsAsync<SourceItemException>(() => connector.FetchAsync(item, Cancellation));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_fails_and_is_read_by_the_next_run()
    {
        Write("a.md", "before");
        var connector = new FolderConnector(FolderRoots.Real(_folder.FullName)!, new() { Path = _folder.FullName });
        var item = Assert.Single(await ItemsAsync(connector));
        await using var opened = await connector.FetchAsync(item, Cancellation);
        Write("a.md", "after that");

        await Assert.ThrowsAsync<SourceItemException>(() => opened.CopyToAsync(Stream.Null, Cancellation));
        await Assert.ThrowsAsync<SourceItemException>(() => connector.FetchAsync(item, Cancellation));
    }

    [Fact]
    public async Task Names_that_are_not_UTF_8_and_folders_that_are_shut_are_said_and_stop_nothing()
    {
        Write("a.md", "a");
        Write("shut/b.md", "b");
        await ShellAsync($"printf c > \"$(printf 'caf\\351.md')\"; mkfifo pipe; chmod 000 shut");
        try
        {
            var connector = new FolderConnector(
                FolderRoots.Real(_folder.FullName)!, new() { Path = _folder.FullName });
            var discovery = new Discovery(null, (_, _) => ValueTask.FromResult<KnownItem?>(null));
            var items = await ItemsAsync(connector, discovery);

            Assert.Contains("UTF-8", items.Single(item => item.Problem is not null).Problem, StringComparison.Ordinal);
            Assert.Equal(0, items.Single(item => item.Id == "pipe").SizeBytes);
            if (Environment.UserName != "root")
            {
                Assert.Equal("shut/", Assert.Single(discovery.Missed).IdPrefix);
            }
        }
        finally
        {
            await ShellAsync("chmod 755 shut; rm -f caf* pipe"); // .NET cannot name the one.
        }
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("relative")]
    [InlineData("{root}/../..")]
    [InlineData("{root}/not-there")]
    [InlineData("{root}/link")]
    public async Task Only_folders_that_the_operator_names_can_be_read(string path)
    {
        var caller = await fixture.NewCallerAsync();
        var link = Path.Combine(fixture.Folders.FullName, "link");
        if (!Directory.Exists(link))
        {
            Directory.CreateSymbolicLink(link, "/etc");
        }

        var refused = await caller.RefusedAsync("POST", "/api/sources", new
        {
            name = "etc", kind = "folder", vector_store_id = caller.Store,
            settings = new { path = path.Replace("{root}", fixture.Folders.FullName, StringComparison.Ordinal) },
        });

        Assert.Equal((400, "settings.path"), (refused.Status, refused.Field));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private void Link(string path, string target) =>
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, path), target);

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script])
        {
            WorkingDirectory = _folder.FullName,
        })!;
        await shell.WaitForExitAsync(Cancellation);
    }

    private static async Task<string> ListAsync(FolderSettings settings)
    {
        var items = await ItemsAsync(new FolderConnector(FolderRoots.Real(settings.Path)!, settings));
        return string.Join(' ', items.Select(item => item.Id).Order(StringComparer.Ordinal));
    }

    private static async Task<List<SourceItem>> ItemsAsync(FolderConnector connector, Discovery? discovery = null)
    {
        discovery ??= new(null, (_, _) => ValueTask.FromResult<KnownItem?>(null));
        List<SourceItem> items = [];
        await foreach (var item in connector.DiscoverAsync(discovery, Cancellation))
        {
            items.Add(item);
        }

        return items;
    }
}
