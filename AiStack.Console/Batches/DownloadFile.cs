using AiStack.Console.Documents;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Console.Batches;

/// <summary>
/// Passes a file's bytes on to the browser, to be saved: never as a page, so nothing of it can run beside ours.
/// </summary>
internal static class DownloadFile
{
    public static async Task HandleAsync(string fileId, HttpContext context, ActingRole role, DocumentsApi documents)
    {
        role.Be(SignInClaims.RoleOf(context.User));
        var name = await documents.GetNameAsync(fileId, context.RequestAborted);
        if (!name.TryGet(out var file, out var fault)
            || !(await documents.OpenAsync(fileId, context.RequestAborted)).TryGet(out var opened, out fault))
        {
            await fault.ToResult().ExecuteAsync(context);
            return;
        }

        using (opened)
        {
            context.Response.Headers.CacheControl = "private, no-store";
            var content = await opened.Content.ReadAsStreamAsync(context.RequestAborted);
            await TypedResults.Stream(content, "application/octet-stream", file.Filename).ExecuteAsync(context);
        }
    }
}
