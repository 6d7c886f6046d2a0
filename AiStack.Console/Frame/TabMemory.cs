using System.Text;
using Microsoft.JSInterop;

namespace AiStack.Console.Frame;

/// <summary>
/// What a browser tab keeps for itself: it survives a reload and a lost connection, ends with the tab, and no
/// other tab sees it. A browser that keeps nothing, or has gone, is not an error.
/// </summary>
internal sealed class TabMemory(IJSRuntime scripts) : IAsyncDisposable
{
    private const long MaxBytes = 4 << 20;
    private IJSObjectReference? _frame;

    public async Task<string?> ReadTextAsync(string key)
    {
        try
        {
            // As a stream: one message from a browser may have no more than 32 KB.
            await using var kept = await (await FrameAsync()).InvokeAsync<IJSStreamReference>("recall", key);
            if (kept.Length is 0 or > MaxBytes)
            {
                return null;
            }

            await using var stream = await kept.OpenReadStreamAsync(MaxBytes);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadToEndAsync();
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Keeps a text; an empty one is forgotten. What is written later replaces what was written before.
    /// </summary>
    public async Task WriteAsync(string key, string text)
    {
        try
        {
            await (await FrameAsync()).InvokeVoidAsync("remember", key, text);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // The browser did not come back. What it kept before stays.
        }
    }

    public ValueTask DisposeAsync() => _frame.DisposeQuietlyAsync();

    private async Task<IJSObjectReference> FrameAsync() =>
        _frame ??= await scripts.InvokeAsync<IJSObjectReference>("import", "./frame.js");

    // Also where the script cannot be loaded, because the Console is being restarted.
    private static bool IsGone(Exception exception) =>
        exception is JSException or JSDisconnectedException or OperationCanceledException;
}
