using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>A stack of a test class's own, for tests that break parts of it and put them right again.</summary>
public sealed class HostStack : IAsyncLifetime
{
    private RunningStack? _stack;

    public RunningStack Stack => _stack ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() =>
        _stack = await RunningStack.StartAsync([], TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _stack?.DisposeAsync() ?? ValueTask.CompletedTask;
}
