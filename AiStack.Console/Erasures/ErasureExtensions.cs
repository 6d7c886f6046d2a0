using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Console.Erasures;

/// <summary>Erasures: what is to be forgotten, what must not be, and for how long things are kept.</summary>
internal static class ErasureExtensions
{
    public static void AddErasures(this IHostApplicationBuilder builder) =>
        builder.Services.AddTransient<ErasuresApi>();

    public static void MapErasures(this IEndpointRouteBuilder app) =>
        app.MapGet("/erasures/{id}/receipt", DownloadReceiptAsync).RequireAuthorization(Roles.Admin);

    private static async Task DownloadReceiptAsync(
        string id, HttpContext context, ActingRole role, ErasuresApi erasures)
    {
        role.Be(SignInClaims.RoleOf(context.User));
        if (!(await erasures.ReceiptAsync(id, context.RequestAborted)).TryGet(out var opened, out var fault))
        {
            await fault.ToResult().ExecuteAsync(context);
            return;
        }

        using (opened)
        {
            context.Response.Headers.CacheControl = "private, no-store";
            var content = await opened.Content.ReadAsStreamAsync(context.RequestAborted);
            await TypedResults.Stream(content, "application/octet-stream", $"{id}.json").ExecuteAsync(context);
        }
    }
}
