using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Antiforgery;

namespace AiStack.Console.Files;

/// <summary>
/// Passes a browser's upload on to the API as it comes, and makes the file searchable in the store chosen.
/// </summary>
internal static class UploadFile
{
    private const string TokenHeader = "RequestVerificationToken";

    public static async Task<IResult> HandleAsync(
        HttpContext context,
        string? store,
        IAntiforgery antiforgery,
        ActingRole role,
        FilesApi files,
        StoresApi stores)
    {
        role.Be(SignInClaims.RoleOf(context.User));


        // The header must be there: without it the check would look for the token in the form, and read all of it.
        if (!context.Request.Headers.ContainsKey(TokenHeader) || !await antiforgery.IsRequestValidAsync(context))
        {
            return new Fault(FaultCode.InvalidArgument, "This page is out of date. Load it again.").ToResult();
        }

        if (!context.Request.HasFormContentType)
        {
            return new Fault(FaultCode.UnsupportedMediaType, "An upload is a form.", "Content-Type").ToResult();
        }

        var outcome = await RunAsync(context.Request, store, files, stores, context.RequestAborted);
        return outcome.TryGet(out var file, out var fault) ? TypedResults.Ok(file) : fault.ToResult();
    }

    private static async Task<Outcome<FileView>> RunAsync(
        HttpRequest request, string? store, FilesApi files, StoresApi stores, CancellationToken cancellationToken)
    {
        using var form = new StreamContent(request.Body);
        form.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        form.Headers.ContentLength = request.ContentLength;

        var uploaded = await files.UploadAsync(form, cancellationToken);
        if (!uploaded.TryGet(out var file, out _) || string.IsNullOrEmpty(store))
        {
            return uploaded;
        }

        var attached = await stores.AttachAsync(store, file.Id, null, cancellationToken);
        return attached.TryGet(out _, out var fault)
            ? file
            : fault with { Message = $"The file is stored, but could not be added to the store: {fault.Message}" };
    }
}
