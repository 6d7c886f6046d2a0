using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>A stack of a test class's own, for tests that break parts of it and put them right again.</summary>
public sealed class HostStack : IAsyncLifetime
{
    private RunningStack? _stack;

    public RunningStack Stack => _stack ?? throw new InvalidOperationException("Not started.");

    /// <summary>The one folder that its sources may read.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("aistack-folder-");

    public async ValueTask InitializeAsync() =>
        _stack = await RunningStack.StartAsync(["--folder", Folder.FullName], TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (_stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        Folder.Delete(recursive: true);
    }
}
