using Microsoft.JSInterop;

namespace AiStack.Console.Frame;

/// <summary>Disposes of scripts in the browser, which may already be gone.</summary>
internal static class ScriptExtensions
{
    public static async ValueTask DisposeQuietlyAsync(this IJSObjectReference? script)
    {
        try
        {
            if (script is not null)
            {
                await script.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is closed: the browser has thrown the script away itself.
        }
    }
}
