using AiStack.Tests.EndToEnd;
using Xunit;

[assembly: AssemblyFixture(typeof(StackFixture))]

namespace AiStack.Tests.EndToEnd;

/// <summary>
/// The one real stack that the end-to-end tests share, started when the first of them asks for it. A test that
/// breaks parts of a stack starts its own with <see cref="RunningStack"/>.
/// </summary>
public sealed class StackFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Task<RunningStack>? _stack;

    /// <summary>The running stack; a stack that cannot start fails every test with its output.</summary>
    public async Task<RunningStack> StackAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            // Not the first test's token: its end must not end the stack of the others.
            return await (_stack ??= RunningStack.StartAsync([], CancellationToken.None))
                .WaitAsync(cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stack is { IsCompletedSuccessfully: true })
        {
            await (await _stack).DisposeAsync();
        }

        _starting.Dispose();
    }
}
